import {
  notifyManager,
  onlineManager,
  type Query,
  QueryClient,
  type QueryFunctionContext,
} from '@tanstack/react-query';
import { isKept } from './offline/kept';
import { asApiError } from './problem';

// What a key changes is painted in the frame of that key, not after a timer.
notifyManager.setScheduler(queueMicrotask);

/** Repeats what may pass by itself (no network, 5xx), never what the server refused. */
function worthRetrying(failures: number, error: unknown): boolean {
  const { status } = asApiError(error);
  return failures < 2 && (status === 0 || status >= 500);
}

/** Milliseconds after which an older answer is better than none. */
const slow = 5000;

/**
 * Asks the server; where there is no answer, or none for long, shows what was
 * kept of the last one, marked as out of date.
 */
async function askOrRecall(
  ask: (context: QueryFunctionContext) => unknown,
  context: QueryFunctionContext,
  query: Query,
): Promise<unknown> {
  const network = Promise.resolve(ask(context));
  if (query.state.data !== undefined || !isKept(query.queryKey)) return network;
  const recall = async () => {
    const { recall } = await import('./offline/answers');
    const kept = await recall(query.queryHash);
    if (kept) {
      setTimeout(() => query.setState({ dataUpdatedAt: kept.at, isInvalidated: true }));
    }
    return kept;
  };
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<unknown>((found) => {
    timer = setTimeout(async () => {
      const kept = await recall().catch(() => null);
      if (!kept) return;
      found(kept.data);
      network.then(
        (data) => query.setData(data),
        () => {},
      );
    }, slow);
  });
  try {
    return await Promise.race([network, late]);
  } catch (error) {
    const kept = asApiError(error).status === 0 ? await recall().catch(() => null) : null;
    if (kept) return kept.data;
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

export function makeQueryClient(): QueryClient {
  onlineManager.setOnline(navigator.onLine);
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 15_000,
        retry: worthRetrying,
        // The first try happens without a network, too: it finds what was kept.
        networkMode: 'offlineFirst',
        persister: askOrRecall as never,
      },
      // Writes that can wait are kept by the door to the server; all others fail at once.
      mutations: { retry: false, networkMode: 'always' },
    },
  });
}

/** Marks the answers of these operations as stale, by their operation ids. */
export function invalidate(client: QueryClient, ...operations: string[]): Promise<void> {
  return client.invalidateQueries({
    predicate: (query) => {
      const first = query.queryKey[0] as { _id?: string } | undefined;
      return !!first?._id && operations.includes(first._id);
    },
  });
}

/** What to show for a query without data yet. */
export type Waiting = 'loading' | 'offline';
export function waiting(query: { fetchStatus: string }): Waiting {
  return query.fetchStatus === 'paused' ? 'offline' : 'loading';
}
