import { useCallback, useSyncExternalStore } from 'react';
import { painted } from '@/lib/after-paint';

/** A change that is shown where it was made; all else that shows the ticket follows with the next frame. */
interface Shown<C> {
  id: number;
  change: C;
  rest: () => void;
}

const watchers = new Map<number, Set<() => void>>();
let shown: Shown<unknown> | null = null;

const tell = (id: number) => {
  for (const watcher of watchers.get(id) ?? []) watcher();
};

/** Lets everything follow now. */
function follow(): void {
  const now = shown;
  if (!now) return;
  shown = null;
  removeEventListener('keydown', follow, true);
  removeEventListener('pointerdown', follow, true);
  removeEventListener('pagehide', follow, true);
  now.rest();
  tell(now.id);
}

/**
 * Shows a change of a ticket in the frame of the key that made it, and calls
 * `rest` behind that frame: lists, history, buttons and the offer to undo cost
 * more than what one looks at. Whatever is pressed first finds all of it done;
 * so does a ticket that is not open anywhere.
 */
export function showAtOnce<C>(id: number, change: C, rest: () => void): void {
  follow();
  if (!watchers.get(id)?.size) {
    rest();
    return;
  }
  const mine = { id, change, rest };
  shown = mine;
  addEventListener('keydown', follow, true);
  addEventListener('pointerdown', follow, true);
  addEventListener('pagehide', follow, true);
  tell(id);
  void painted().then(() => {
    if (shown === mine) follow();
  });
}

/** What was just chosen for this ticket and is not everywhere yet. */
export function useChosen<C>(id: number): C | null {
  const subscribe = useCallback(
    (watcher: () => void) => {
      const all = watchers.get(id) ?? new Set();
      watchers.set(id, all.add(watcher));
      return () => {
        all.delete(watcher);
        if (all.size === 0) watchers.delete(id);
      };
    },
    [id],
  );
  return useSyncExternalStore(subscribe, () => (shown?.id === id ? (shown.change as C) : null));
}
