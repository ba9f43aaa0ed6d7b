import { useSyncExternalStore } from 'react';

let update: (() => void) | null = null;
const listeners = new Set<() => void>();

/** Says that a new version of the app is there, and how to change to it. */
export function offerUpdate(next: () => void): void {
  update = next;
  for (const listener of listeners) listener();
}

/** How to change to the new version; null while there is none. */
export function useUpdate(): (() => void) | null {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => update,
  );
}
