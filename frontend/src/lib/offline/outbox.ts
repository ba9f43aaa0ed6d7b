import { exclusive } from '../exclusive';
import { asApiError } from '../problem';
import { uuid } from '../random';
import { currentSession } from '../session';
import { fieldsBefore } from './confirmed';
import { database } from './database';
import { QueuedError } from './door';
import { sendEntry } from './send';
import { currentOutbox, type Entry, setOutbox } from './state';

type Message = { type: 'changed' } | { type: 'settled' };

const channel =
  typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel('fixdesk.outbox');
const settledListeners = new Set<() => void>();

channel?.addEventListener('message', ({ data }: MessageEvent<Message>) => {
  void reload().then(() => {
    if (data.type === 'settled') tellSettled();
  });
});

function tellSettled(): void {
  for (const listener of settledListeners) listener();
}

/** Calls back in every tab when nothing is on its way any more; returns how to stop. */
export function onSettled(listener: () => void): () => void {
  settledListeners.add(listener);
  return () => settledListeners.delete(listener);
}

const person = () => {
  const session = currentSession();
  return session.status === 'signed-in' ? session.user.id : null;
};

async function all(user: number): Promise<Entry[]> {
  return (await database()).getAllFromIndex('outbox', 'user', user);
}

/** Shows what the database holds for whoever is signed in. */
export async function reload(): Promise<void> {
  const user = person();
  setOutbox({ entries: user === null ? [] : await all(user).catch(() => []) });
}

async function changed(): Promise<void> {
  await reload();
  channel?.postMessage({ type: 'changed' } satisfies Message);
}

const versionOf = (tag: string | null) => {
  const found = /^"v(\d+)\./.exec(tag ?? '');
  return found ? Number(found[1]) : null;
};

/** Keeps a write to be sent later, behind those that wait already. */
export async function keep(request: Request): Promise<QueuedError> {
  const user = person();
  if (user === null) throw new Error('nobody is signed in');
  const path = new URL(request.url).pathname.replace(/\/$/, '');
  const text = await request.text();
  const body = text ? (JSON.parse(text) as Record<string, unknown>) : null;
  const entry: Omit<Entry, 'id'> = {
    user,
    key: request.headers.get('Idempotency-Key') ?? uuid(),
    method: request.method,
    path,
    body,
    version: versionOf(request.headers.get('If-Match')),
    before: fieldsBefore(path, body),
    at: Date.now(),
    sentAt: null,
    failures: 0,
    refusal: null,
  };
  const id = await (await database()).add('outbox', entry as Entry);
  await changed();
  // With a network it was the server that was away, and nothing tells when it is back.
  if (navigator.onLine && timer === undefined) later();
  return new QueuedError(id);
}

/** Changes an entry, unless it is gone: sent or cancelled in another tab. */
async function update(id: number, part: Partial<Entry>): Promise<void> {
  const tx = (await database()).transaction('outbox', 'readwrite');
  const now = await tx.store.get(id);
  if (now) await tx.store.put({ ...now, ...part });
  await tx.done;
  await changed();
}

/** Takes a write out of the queue. Whether it was still there. */
export async function cancel(id: number): Promise<boolean> {
  // Not while it is on its way: then only its answer tells.
  return exclusive(lock, async () => {
    const db = await database();
    const there = (await db.get('outbox', id)) !== undefined;
    await db.delete('outbox', id);
    await changed();
    return there;
  });
}

/** Sends a refused write again: as it is, or over the version that was in its way. */
export async function tryAgain(entry: Entry): Promise<void> {
  const theirs = entry.refusal?.theirs;
  const body = entry.body && { ...entry.body };
  // The answer of somebody else has been seen now.
  if (entry.refusal?.code === 'ticket.answered' && body) delete body.last_comment_id;
  await update(entry.id, {
    body,
    key: uuid(),
    version: theirs ? Number(theirs.version) : entry.version,
    sentAt: null,
    failures: 0,
    refusal: null,
  });
  void drain();
}

/** Takes everything of a person out of the queue. */
export async function discardAll(user: number): Promise<void> {
  const tx = (await database()).transaction('outbox', 'readwrite');
  for (const key of await tx.store.index('user').getAllKeys(user)) void tx.store.delete(key);
  await tx.done;
  await changed();
}

const lock = 'fixdesk.outbox';
/** Milliseconds until the next try after a failure, doubled each time. */
const firstPause = 2000;
const longestPause = 60_000;
let pause = firstPause;
let timer: ReturnType<typeof setTimeout> | undefined;
let draining: Promise<void> | null = null;

/** Tries again after a pause, a longer one each time. */
function later(): void {
  clearTimeout(timer);
  timer = setTimeout(() => void drain(), pause);
  pause = Math.min(pause * 2, longestPause);
}

/** Sends what waits, in order, one tab at a time. Safe to call often. */
export function drain(): Promise<void> {
  draining ??= sendAll()
    .catch(() => {})
    .finally(() => {
      draining = null;
      setOutbox({ sending: false });
    });
  return draining;
}

async function sendAll(): Promise<void> {
  clearTimeout(timer);
  timer = undefined;
  let settled = false;
  for (;;) {
    const outcome = await exclusive(lock, sendNext);
    if (outcome !== 'done' && settled) {
      // All at once: in between, the pages would show what is about to change again.
      channel?.postMessage({ type: 'settled' } satisfies Message);
      tellSettled();
    }
    if (outcome === 'nothing') return;
    if (outcome === 'later') {
      later();
      return;
    }
    settled = true;
    pause = firstPause;
  }
}

async function sendNext(): Promise<'nothing' | 'later' | 'done'> {
  const user = person();
  if (user === null || !navigator.onLine) return 'nothing';
  const entry = (await all(user)).find(({ refusal }) => !refusal);
  if (!entry) return 'nothing';
  setOutbox({ sending: true });
  const db = await database();
  try {
    const result = await sendEntry(entry, (part) => update(entry.id, part));
    if (result === 'later') return 'later';
    if (result !== 'sent') {
      await update(entry.id, { refusal: result });
      return 'done';
    }
  } catch (error) {
    // Without a session or a connection: it stays where it is.
    return asApiError(error).status === 401 ? 'nothing' : 'later';
  }
  await db.delete('outbox', entry.id);
  await changed();
  return 'done';
}

/** Whether something waits that is not refused: what comes now goes behind it. */
export function isBusy(): boolean {
  return currentOutbox().entries.some(({ refusal }) => !refusal);
}
