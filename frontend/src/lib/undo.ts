import { i18n } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import { useSyncExternalStore } from 'react';
import { explain } from './problem';
import { announce } from './status-line';

/** Something that was just done and can be taken back for a few seconds. */
export interface Undoable {
  /** What was done, such as "Status is Resolved now". */
  message: string;
  /** Takes it back; what it throws is explained to the reader. */
  undo: () => Promise<unknown>;
  /** How long it is offered. */
  seconds?: number;
  /** What the status line says afterwards, unless `undo` speaks itself ('' for that). */
  done?: string;
}

export interface UndoOffer extends Undoable {
  id: number;
  seconds: number;
  /** Milliseconds that were left when it was last paused or started. */
  left: number;
  running: boolean;
}

/** So many offers stand on the screen at once; older ones make room. */
const most = 3;

let offers: readonly UndoOffer[] = [];
let paused = false;
let sequence = 0;
const timers = new Map<number, { timer: ReturnType<typeof setTimeout>; started: number }>();
const listeners = new Set<() => void>();

function set(next: readonly UndoOffer[]): void {
  offers = next;
  for (const listener of listeners) listener();
}

function stop(id: number): number {
  const running = timers.get(id);
  if (!running) return 0;
  clearTimeout(running.timer);
  timers.delete(id);
  return Date.now() - running.started;
}

function start(offer: UndoOffer): void {
  const timer = setTimeout(() => dismissUndo(offer.id), offer.left);
  timers.set(offer.id, { timer, started: Date.now() });
}

/** Offers to take something back. The newest offer is what `u` takes back. */
export function offerUndo(what: Undoable): { dismiss: () => void } {
  sequence += 1;
  const seconds = what.seconds ?? 10;
  const offer: UndoOffer = {
    ...what,
    seconds,
    id: sequence,
    left: seconds * 1000,
    running: false,
  };
  for (const old of offers.slice(most - 1)) stop(old.id);
  set([offer, ...offers.slice(0, most - 1)]);
  if (!paused) start(offer);
  return { dismiss: () => dismissUndo(offer.id) };
}

/** Withdraws an offer. */
export function dismissUndo(id: number): void {
  stop(id);
  const rest = offers.filter((offer) => offer.id !== id);
  if (rest.length === 0) paused = false;
  set(rest);
}

/** Withdraws everything, as the end of a session does. */
export function clearUndo(): void {
  for (const { id } of offers) stop(id);
  paused = false;
  set([]);
}

/** Holds all countdowns, while somebody looks at the offers. */
export function pauseUndo(): void {
  if (paused) return;
  paused = true;
  set(offers.map((offer) => ({ ...offer, left: Math.max(0, offer.left - stop(offer.id)) })));
}

export function resumeUndo(): void {
  if (!paused) return;
  paused = false;
  set([...offers]);
  for (const offer of offers) start(offer);
}

/** Takes an offer back: this one, or the newest. */
export async function runUndo(id?: number): Promise<void> {
  const offer = offers.find((one) => !one.running && (id === undefined || one.id === id));
  if (!offer) return;
  stop(offer.id);
  set(offers.map((one) => (one.id === offer.id ? { ...one, running: true } : one)));
  try {
    await offer.undo();
    const done = offer.done ?? i18n._(msg`Undone`);
    if (done) announce(done);
  } catch (error) {
    announce(explain(error), 'bad');
  } finally {
    dismissUndo(offer.id);
  }
}

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

/** The offers, the newest first. */
export function useUndoOffers(): readonly UndoOffer[] {
  return useSyncExternalStore(subscribe, () => offers);
}

/** Whether the countdowns are held. */
export function useUndoPaused(): boolean {
  return useSyncExternalStore(subscribe, () => paused);
}
