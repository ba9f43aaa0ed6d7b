import { useSyncExternalStore } from 'react';

/** The one calm spot where the app says what just happened. */
export interface Notice {
  text: string;
  tone: 'good' | 'bad';
  id: number;
}

const lifetime = 6000;
let notice: Notice | null = null;
let sequence = 0;
let timer: ReturnType<typeof setTimeout> | undefined;
const listeners = new Set<() => void>();

function set(next: Notice | null): void {
  notice = next;
  for (const listener of listeners) listener();
}

/** Says it in the status line, and to screen readers. */
export function announce(text: string, tone: Notice['tone'] = 'good'): void {
  sequence += 1;
  set({ text, tone, id: sequence });
  clearTimeout(timer);
  timer = setTimeout(() => set(null), tone === 'bad' ? lifetime * 2 : lifetime);
}

/** Takes back that something failed, since it has succeeded now. */
export function forgetFailure(): void {
  if (notice?.tone === 'bad') set(null);
}

export function useNotice(): Notice | null {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => notice,
  );
}
