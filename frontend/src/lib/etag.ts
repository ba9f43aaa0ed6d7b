/** The header that makes a write fail (412) when the object is not this version any more. */
export function ifMatch(object: { version: number }): { 'If-Match': string } {
  return { 'If-Match': `"${object.version}"` };
}
