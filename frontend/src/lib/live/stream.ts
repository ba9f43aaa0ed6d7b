import { EventSourceParserStream } from 'eventsource-parser/stream';
import { accessToken, refreshSession } from '@/lib/session';

export interface StreamEvent {
  id?: string;
  name: string;
  data: string;
}

/** Milliseconds before the next try: at once, then longer, never in step with others. */
export function pauseBefore(attempt: number, random = Math.random()): number {
  if (attempt === 0) return 0;
  return Math.min(500 * 2 ** (attempt - 1), 15_000) * (0.5 + random / 2);
}

/** A stream that says nothing for this long is dead: the server pings every 15 seconds. */
const silence = 40_000;

interface Handlers {
  /** The newest id that is known, to go on behind it. */
  lastId: () => string | null;
  onEvent: (event: StreamEvent) => void;
  onOpen: () => void;
  onLost: () => void;
}

/** Follows the server's stream, over every break, until it is aborted. */
export async function follow(handlers: Handlers, signal: AbortSignal): Promise<void> {
  let attempt = 0;
  while (!signal.aborted) {
    await pause(pauseBefore(attempt), signal);
    if (signal.aborted) return;
    attempt += 1;
    try {
      await read(handlers, signal, () => {
        attempt = 0;
        handlers.onOpen();
      });
      // The server ends a stream with its token; that is no failure.
      attempt = Math.max(attempt, 1);
    } catch {
      // Without a network, or the server away: the next try tells.
    }
    if (!signal.aborted) handlers.onLost();
  }
}

async function read(handlers: Handlers, signal: AbortSignal, opened: () => void): Promise<void> {
  const token = await accessToken();
  if (!token) throw new Error('signed out');
  const last = handlers.lastId();
  const quiet = new AbortController();
  let timer = setTimeout(() => quiet.abort(), silence);
  try {
    const response = await fetch('/api/stream', {
      headers: {
        Accept: 'text/event-stream',
        Authorization: `Bearer ${token}`,
        ...(last ? { 'Last-Event-ID': last } : {}),
      },
      cache: 'no-store',
      signal: AbortSignal.any([signal, quiet.signal]),
    });
    if (response.status === 401) await refreshSession(token);
    if (!response.ok || !response.body) throw new Error(`stream: ${response.status}`);
    opened();
    const alive = new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        clearTimeout(timer);
        timer = setTimeout(() => quiet.abort(), silence);
        controller.enqueue(chunk);
      },
    });
    const events = response.body
      .pipeThrough(alive)
      .pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>)
      .pipeThrough(new EventSourceParserStream())
      .getReader();
    for (;;) {
      const { done, value } = await events.read();
      if (done) return;
      handlers.onEvent({ id: value.id, name: value.event ?? 'message', data: value.data });
    }
  } finally {
    clearTimeout(timer);
  }
}

/** Waits, but not when the network or the reader comes back. */
function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  if (milliseconds === 0) return Promise.resolve();
  return new Promise((done) => {
    const end = () => {
      clearTimeout(timer);
      removeEventListener('online', end);
      document.removeEventListener('visibilitychange', seen);
      signal.removeEventListener('abort', end);
      done();
    };
    const seen = () => document.visibilityState === 'visible' && end();
    const timer = setTimeout(end, milliseconds);
    addEventListener('online', end);
    document.addEventListener('visibilitychange', seen);
    signal.addEventListener('abort', end);
  });
}
