import type { Query, QueryClient } from '@tanstack/react-query';
import { currentSession } from '../session';
import { database } from './database';
import { isKept } from './kept';

/** At most this many answers are kept for a person, the newest ones. */
export const mostAnswers = 300;
/** Milliseconds after which an answer is too old to be shown. */
export const oldest = 7 * 86_400_000;
/** Pages of a long list that are kept. */
const mostPages = 2;
/** Milliseconds in which changes of the same answer count as one. */
const together = 800;

const person = () => {
  const session = currentSession();
  return session.status === 'signed-in' ? session.user.id : null;
};

interface Pages {
  pages: unknown[];
  pageParams: unknown[];
}

/** A long list is kept from its beginning. */
function trimmed(data: unknown): unknown {
  if (!data || typeof data !== 'object' || !('pageParams' in data)) return data;
  const { pages, pageParams } = data as Pages;
  return { pages: pages.slice(0, mostPages), pageParams: pageParams.slice(0, mostPages) };
}

/** Keeps the answers that arrive, and what is painted over them, until it is stopped. */
export function keepAnswers(client: QueryClient): () => void {
  const changed = new Set<Query>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let written = 0;

  const write = async () => {
    timer = undefined;
    const user = person();
    const queries = [...changed];
    changed.clear();
    if (user === null) return;
    const db = await database();
    const tx = db.transaction('answers', 'readwrite');
    for (const { queryHash, state } of queries) {
      if (state.data === undefined) continue;
      const kept = { user, at: state.dataUpdatedAt, data: trimmed(state.data) };
      void tx.store.put({ key: `${user}|${queryHash}`, ...kept });
    }
    await tx.done;
    written += queries.length;
    if (written > 50) {
      written = 0;
      await prune(user);
    }
  };
  const soon = () => {
    timer ??= setTimeout(() => void write().catch(() => {}), together);
  };
  const flush = () => {
    if (document.visibilityState === 'hidden' && timer) {
      clearTimeout(timer);
      void write().catch(() => {});
    }
  };
  const stop = client.getQueryCache().subscribe((event) => {
    if (event.type !== 'updated' || event.action.type !== 'success') return;
    if (!isKept(event.query.queryKey)) return;
    changed.add(event.query);
    soon();
  });
  document.addEventListener('visibilitychange', flush);
  const user = person();
  if (user !== null) void prune(user).catch(() => {});
  return () => {
    stop();
    clearTimeout(timer);
    document.removeEventListener('visibilitychange', flush);
  };
}

/** Drops what is too old or too much. */
export async function prune(user: number): Promise<void> {
  const tx = (await database()).transaction('answers', 'readwrite');
  const ages = tx.store.index('age');
  const range = IDBKeyRange.bound([user, 0], [user, Date.now() - oldest]);
  for (const key of await ages.getAllKeys(range)) void tx.store.delete(key);
  const all = await ages.getAllKeys(IDBKeyRange.bound([user, 0], [user, Number.MAX_VALUE]));
  for (const key of all.slice(0, Math.max(0, all.length - mostAnswers))) {
    void tx.store.delete(key);
  }
  await tx.done;
}

/** What was kept for a query, unless it is too old. */
export async function recall(hash: string): Promise<{ at: number; data: unknown } | null> {
  const user = person();
  if (user === null) return null;
  try {
    const kept = await (await database()).get('answers', `${user}|${hash}`);
    return kept && kept.at > Date.now() - oldest ? kept : null;
  } catch {
    return null;
  }
}
