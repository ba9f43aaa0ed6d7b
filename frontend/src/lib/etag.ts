/**
 * The header that makes a write fail (412) when the object is not this version
 * any more. The server's entity tags are `"v<version>.<digest>"`, and of them a
 * write compares the version; the digest, which tells apart representations,
 * is not needed and stays empty. So embedded objects, which come without a tag
 * of their own (the comments of a ticket), can be changed with a condition too.
 */
export function ifMatch(object: { version: number }): { 'If-Match': string } {
  return { 'If-Match': `"v${object.version}."` };
}
