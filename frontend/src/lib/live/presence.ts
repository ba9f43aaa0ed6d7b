import { useEffect } from 'react';
import { painted } from '@/lib/after-paint';
import { setPresence } from '@/lib/api';
import { uuid } from '@/lib/random';

type State = 'viewing' | 'typing' | 'away';

/** This window's name; the same person may look at another ticket in another one. */
const window_ = uuid();
/** The server forgets somebody after 45 seconds. */
const repeatEvery = 20_000;
const typingFor = 5000;
/** Without a key or a movement for so long, somebody is not looking any more. */
const idleAfter = 5 * 60_000;

let ticket: number | null = null;
let said: { ticket: number | null; state: State; at: number } | null = null;
let typingUntil = 0;
let activeAt = Date.now();
let typingTimer: ReturnType<typeof setTimeout> | undefined;

function stateNow(): State {
  if (document.visibilityState === 'hidden' || Date.now() - activeAt > idleAfter) return 'away';
  return Date.now() < typingUntil ? 'typing' : 'viewing';
}

function say(again = false): void {
  const state = stateNow();
  const old = said;
  if (!again && old && old.ticket === ticket && old.state === state) return;
  if (ticket === null && (!old || old.ticket === null)) return;
  said = { ticket, state, at: Date.now() };
  setPresence({
    body: { client_id: window_, ticket_id: ticket, state },
    keepalive: true,
    throwOnError: true,
  }).catch(() => {}); // The next one tells; nobody waits for it.
}

/** Says that this window looks at a ticket while the component is there; IT staff only. */
export function useTellPresence(ticketId: number, enabled: boolean): void {
  useEffect(() => {
    if (!enabled) return;
    ticket = ticketId;
    typingUntil = 0;
    void painted().then(() => {
      if (ticket === ticketId) say();
    });
    const beat = setInterval(() => say(true), repeatEvery);
    const look = () => say();
    const move = () => {
      const slept = Date.now() - activeAt > idleAfter;
      activeAt = Date.now();
      if (slept) say();
    };
    const leave = () => {
      ticket = null;
      say();
    };
    document.addEventListener('visibilitychange', look);
    document.addEventListener('pointermove', move, { passive: true });
    document.addEventListener('keydown', move);
    addEventListener('pagehide', leave);
    return () => {
      clearInterval(beat);
      document.removeEventListener('visibilitychange', look);
      document.removeEventListener('pointermove', move);
      document.removeEventListener('keydown', move);
      removeEventListener('pagehide', leave);
      if (ticket === ticketId) leave();
    };
  }, [ticketId, enabled]);
}

/** Says that nobody is writing here any more: it was sent. */
export function tellSent(): void {
  typingUntil = 0;
  clearTimeout(typingTimer);
  say();
}

/** Says that somebody is writing here; stops by itself. */
export function tellTyping(): void {
  if (ticket === null) return;
  typingUntil = Date.now() + typingFor;
  say();
  clearTimeout(typingTimer);
  typingTimer = setTimeout(() => say(), typingFor + 50);
}
