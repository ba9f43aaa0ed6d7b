import { useSyncExternalStore } from 'react';
import type { User } from '@/lib/api';

/** A ticket has changed; what exactly is fetched through the API. */
export interface Change {
  id: number;
  type: string;
  ticket_id: number;
  version: number;
  actor_id: number;
  comment_id?: number;
  note_id?: number;
  for_me: 'assigned' | 'reply' | 'mention' | null;
}

export interface PresentPerson {
  user: User;
  state: 'viewing' | 'typing' | 'away';
}

/** Whether changes arrive by themselves. */
export type LiveState = 'off' | 'live' | 'interrupted';

const nobody: readonly PresentPerson[] = [];
const changeListeners = new Set<(change: Change) => void>();
const listeners = new Set<() => void>();
const present = new Map<number, readonly PresentPerson[]>();
let state: LiveState = 'off';

const tell = () => {
  for (const listener of listeners) listener();
};
const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

/** Calls back for each change, in every tab; returns how to stop. */
export function onChange(listener: (change: Change) => void): () => void {
  changeListeners.add(listener);
  return () => changeListeners.delete(listener);
}

export function publishChange(change: Change): void {
  for (const listener of changeListeners) listener(change);
}

const bulkListeners = new Set<(id: number) => void>();

/** Something happened to a run over many tickets. */
export function publishBulk(id: number): void {
  for (const listener of bulkListeners) listener(id);
}

/** Waits until something happens to a run, so many milliseconds at most. */
export function nextOfBulk(id: number, most: number): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      bulkListeners.delete(listener);
      resolve();
    };
    const listener = (which: number) => {
      if (which === id) done();
    };
    const timer = setTimeout(done, most);
    bulkListeners.add(listener);
  });
}

export function publishPresence(ticketId: number, people: readonly PresentPerson[]): void {
  if (people.length === 0) present.delete(ticketId);
  else present.set(ticketId, people);
  tell();
}

/** Nobody is known to be anywhere, until the stream says it again. */
export function forgetPresence(): void {
  present.clear();
  tell();
}

const returnListeners = new Set<() => void>();

/** Calls back when the stream is there again after a break; returns how to stop. */
export function onStreamReturn(listener: () => void): () => void {
  returnListeners.add(listener);
  return () => returnListeners.delete(listener);
}

export function setLiveState(next: LiveState): void {
  if (state === next) return;
  const returned = state === 'interrupted' && next === 'live';
  state = next;
  tell();
  if (returned) for (const listener of returnListeners) listener();
}

/** Whether the stream tells what happens. */
export function isLive(): boolean {
  return state === 'live';
}

export function useLiveState(): LiveState {
  return useSyncExternalStore(subscribe, () => state);
}

/** Who looks at a ticket, oneself included. */
export function usePresence(ticketId: number): readonly PresentPerson[] {
  return useSyncExternalStore(subscribe, () => present.get(ticketId) ?? nobody);
}
