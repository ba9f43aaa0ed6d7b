import { useSyncExternalStore } from 'react';
import type { Me, Session } from '@/lib/api';
import { exclusive } from './exclusive';
import { ApiError } from './problem';
import { uuid } from './random';
import { preferences } from './storage';
import { chooseTimeZone } from './time';

/**
 * Who is signed in. The access token lives in this module's memory and nowhere
 * else; a reload gets a new one for the HttpOnly refresh cookie. The server
 * treats a refresh cookie that comes twice as stolen, so tabs refresh one at a
 * time (exclusive) and tell each other the result (BroadcastChannel).
 */
export type SessionState =
  | { status: 'starting' }
  | { status: 'unreachable' }
  | { status: 'signed-out'; deliberate: boolean }
  | { status: 'signed-in'; user: Me };

interface Token {
  value: string;
  /** Epoch milliseconds after which the token is not used any more. */
  until: number;
}

type Message = { type: 'session'; token: Token; user: Me } | { type: 'ended'; deliberate: boolean };

/** Refresh this long before the token ends, so that no request meets the edge. */
const margin = 30_000;

let state: SessionState = { status: 'starting' };
let token: Token | null = null;
let refreshing: Promise<boolean> | null = null;
let starting: Promise<void> | null = null;
const listeners = new Set<() => void>();

const channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel('fixdesk');
channel?.addEventListener('message', (event: MessageEvent<Message>) => {
  const message = event.data;
  if (message.type === 'session') enter(message.token, message.user);
  else leave(message.deliberate);
});

function set(next: SessionState): void {
  state = next;
  if (next.status === 'signed-in') chooseTimeZone(next.user.time_zone ?? '');
  for (const listener of listeners) listener();
}

function enter(next: Token, user: Me): void {
  token = next;
  preferences.set('signed-in', '1');
  set({ status: 'signed-in', user });
}

function leave(deliberate: boolean): void {
  token = null;
  preferences.set('signed-in', null);
  set({ status: 'signed-out', deliberate });
}

/** The state now; `useSession` for components. */
export function currentSession(): SessionState {
  return state;
}

/** Calls back after each change; returns how to stop. */
export function subscribeSession(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useSession(): SessionState {
  return useSyncExternalStore(subscribeSession, currentSession);
}

/** The signed-in person; only inside pages that need a session. */
export function useMe(): Me {
  const now = useSession();
  const last = lastUser(now);
  if (!last) throw new Error('useMe needs a signed-in session');
  return last;
}

// While the session ends, pages that are about to disappear still render once.
let remembered: Me | null = null;
function lastUser(now: SessionState): Me | null {
  if (now.status === 'signed-in') remembered = now.user;
  return remembered;
}

/** Takes over a session that the server just gave (sign-in, password change). */
export function adoptSession(session: Session): void {
  const next = { value: session.access_token, until: Date.now() + session.expires_in * 1000 };
  enter(next, session.user);
  channel?.postMessage({ type: 'session', token: next, user: session.user } satisfies Message);
}

/** Shows changed profile data in this and other tabs. */
export function updateSessionUser(user: Me): void {
  if (!token) return;
  set({ status: 'signed-in', user });
  channel?.postMessage({ type: 'session', token, user } satisfies Message);
}

/** Ends the session in all tabs; deliberate when the person asked for it. */
export function endSession(deliberate: boolean): void {
  leave(deliberate);
  channel?.postMessage({ type: 'ended', deliberate } satisfies Message);
}

/** A token for the next request, renewed when it is about to end; null when signed out. */
export async function accessToken(): Promise<string | null> {
  if (token && token.until - margin >= Date.now()) return token.value;
  // Without a token but signed in: the app was opened without a network.
  if (token || state.status === 'signed-in') await refreshSession(token?.value ?? null);
  return token?.value ?? null;
}

/**
 * Gets a new access token unless another tab already did. Returns whether
 * there is one; throws when the server cannot be reached.
 */
export function refreshSession(stale: string | null): Promise<boolean> {
  refreshing ??= exclusive('fixdesk.refresh', () => refresh(stale)).finally(() => {
    refreshing = null;
  });
  return refreshing;
}

async function refresh(stale: string | null): Promise<boolean> {
  if (token && token.value !== stale) return true;
  // Kept until there is an answer: whoever reloads before it came asks again with
  // the same key and is answered the same, instead of showing a used token.
  const key = preferences.get('refresh-key') ?? uuid();
  preferences.set('refresh-key', key);
  let response: Response;
  try {
    response = await fetch('/api/auth/refresh', {
      method: 'POST',
      credentials: 'same-origin',
      headers: { Accept: 'application/json', 'Idempotency-Key': key },
    });
  } catch (cause) {
    throw new ApiError(0, { detail: String(cause) });
  }
  if (response.ok) {
    const session = (await response.json()) as Session;
    preferences.set('refresh-key', null);
    adoptSession(session);
    return true;
  }
  preferences.set('refresh-key', null);
  if (response.status >= 500 || response.status === 429) throw await ApiError.from(response);
  endSession(false);
  return false;
}

/** Restores the session after a reload. Safe to call often; waits for the first answer. */
export function startSession(): Promise<void> {
  if (state.status === 'signed-in' || state.status === 'signed-out') return Promise.resolve();
  starting ??= restore().finally(() => {
    starting = null;
  });
  return starting;
}

async function restore(): Promise<void> {
  // Without this mark nobody is signed in here, and asking would only log a failed request.
  if (!preferences.get('signed-in')) return leave(false);
  try {
    await refreshSession(null);
  } catch {
    // What was read can be read again, and what is written now is sent later.
    const { rememberedPerson } = await import('./offline/database');
    const user = await rememberedPerson();
    if (token) return; // Another tab was faster.
    set(user ? { status: 'signed-in', user } : { status: 'unreachable' });
  }
}
