import { useSyncExternalStore } from 'react';
import type { QueueSearch } from '../search-params';

/** A dialog about saved views. */
export type Asked =
  | { about: 'save'; search: QueueSearch }
  | { about: 'edit'; id: number }
  | { about: 'arrange' };

let asked: Asked | null = null;
const listeners = new Set<() => void>();

/** Opens a dialog about saved views; null closes it. */
export function askAboutViews(next: Asked | null): void {
  asked = next;
  for (const listener of listeners) listener();
}

export function useAsked(): Asked | null {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => asked,
  );
}
