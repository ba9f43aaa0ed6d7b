import { notifyManager, QueryClient } from '@tanstack/react-query';
import { asApiError } from './problem';

// What a key changes is painted in the frame of that key, not after a timer.
notifyManager.setScheduler(queueMicrotask);

/** Repeats what may pass by itself (no network, 5xx), never what the server refused. */
function worthRetrying(failures: number, error: unknown): boolean {
  const { status } = asApiError(error);
  return failures < 2 && (status === 0 || status >= 500);
}

export function makeQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: { staleTime: 15_000, retry: worthRetrying },
      // Unsent writes fail at once and stay in their form: nothing is sent behind anybody's back.
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
