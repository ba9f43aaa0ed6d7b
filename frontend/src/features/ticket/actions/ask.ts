import { useSyncExternalStore } from 'react';
import type { Target } from './target';

/** A question that a command asks before it acts. */
export interface Question {
  about:
    | 'assignee'
    | 'team'
    | 'status'
    | 'priority'
    | 'tag'
    | 'category'
    | 'field'
    | 'merge'
    | 'link'
    | 'split'
    | 'snooze'
    | 'due'
    | 'checklist'
    | 'macro';
  target: Target;
  /** The button that asked, to stand beside it. */
  anchor?: HTMLElement;
}

let question: Question | null = null;
const listeners = new Set<() => void>();

function set(next: Question | null): void {
  question = next;
  for (const listener of listeners) listener();
}

/** Asks; the answer is carried out by the picker. */
export function ask(next: Question): void {
  set(next);
}

export function stopAsking(): void {
  set(null);
}

export function useQuestion(): Question | null {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => question,
  );
}
