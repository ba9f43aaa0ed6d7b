import { useSyncExternalStore } from 'react';

/** A write that waits for the network, or that the server has refused. */
export interface Entry {
  id: number;
  /** Whose write it is; it is sent for nobody else. */
  user: number;
  /** The Idempotency-Key: however often it is sent, it is done once. */
  key: string;
  method: string;
  path: string;
  body: Record<string, unknown> | null;
  /** The version that it is based on, where it makes one a condition. */
  version: number | null;
  /** What the changed fields held before, to tell a conflict from a change beside it. */
  before: Record<string, unknown> | null;
  /** When it was made, in epoch milliseconds. */
  at: number;
  /** When it was first sent; the answer may have been lost. */
  sentAt: number | null;
  /** How often the server failed over it. */
  failures: number;
  refusal: Refusal | null;
}

/** Why the server did not take a write, and what it holds instead. */
export interface Refusal {
  status: number;
  code: string;
  detail: string;
  /** The object as the server has it now, for a conflict. */
  theirs: Record<string, unknown> | null;
}

export interface OutboxState {
  entries: readonly Entry[];
  sending: boolean;
}

/** Clearing a draft is part of sending it, and nothing to show. */
export const isShown = (entry: Entry) => !/\/drafts\//.test(entry.path);

let state: OutboxState = { entries: [], sending: false };
let opened: 'no' | 'yes' | 'leaving' = 'no';
const listeners = new Set<() => void>();

const tell = () => {
  for (const listener of listeners) listener();
};
const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

export function setOutbox(next: Partial<OutboxState>): void {
  state = { ...state, ...next };
  tell();
}

export function currentOutbox(): OutboxState {
  return state;
}

export function useOutbox(): OutboxState {
  return useSyncExternalStore(subscribe, currentOutbox);
}

/** Shows what waits; `leaving` when somebody signs out with unsent writes. */
export function openOutbox(how: 'yes' | 'leaving' = 'yes'): void {
  opened = how;
  tell();
}

export function closeOutbox(): void {
  opened = 'no';
  tell();
}

export function useOutboxOpened(): 'no' | 'yes' | 'leaving' {
  return useSyncExternalStore(subscribe, () => opened);
}
