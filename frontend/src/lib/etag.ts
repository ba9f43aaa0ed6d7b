/**
 * The header that makes a write fail (412) when the object is not this version
 * any more. The server's entity tags are `"v<version>.<digest>"`; of the
 * digest, which also covers embedded objects, it takes no notice here.
 */
export function ifMatch(object: { version: number }): { 'If-Match': string } {
  return { 'If-Match': `"v${object.version}"` };
}
