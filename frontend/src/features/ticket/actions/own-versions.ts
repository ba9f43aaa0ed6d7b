/**
 * Versions of tickets that this tab's own changes produced, one after the
 * other. Undoing the first of two own changes must hold against the version
 * that the second one made, but never against somebody else's.
 */
const chains = new Map<number, Set<number>>();

/** Remembers that an own change produced this version. */
export function rememberOwn(id: number, version: number): void {
  const chain = chains.get(id);
  if (chain?.has(version - 1)) chain.add(version);
  else chains.set(id, new Set([version]));
}

/** The newest version to which only own changes led from this one. */
export function ownVersion(id: number, version: number): number {
  const chain = chains.get(id);
  return chain?.has(version) ? Math.max(...chain) : version;
}

export function forgetVersions(id: number): void {
  chains.delete(id);
}
