import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { listTickets, type Ticket } from '@/lib/api';
import { getTicketOptions } from '@/lib/api/@tanstack/react-query.gen';
import { useCan } from '@/lib/can';
import { type Change, onChange } from '@/lib/live/store';
import { cursorOf } from '@/lib/pages';
import { asApiError } from '@/lib/problem';
import { useMe } from '@/lib/session';
import { patchTicket, showAnswer } from './actions';
import { ticketEventsOptions } from './api';
import { notesOptions } from './messages';
import { type QueueSearch, queueQuery } from './search-params';

const pageSize = 100;
/** What makes a ticket appear in a list that it was not in. */
const arrivals = new Set(['ticket.created', 'ticket.assigned', 'ticket.status_changed']);

/**
 * A list that grows while one scrolls. Live changes are painted into its rows;
 * they never move them: what is new is counted until `refresh` is called.
 */
export function useTicketList(search: QueueSearch) {
  const client = useQueryClient();
  const me = useMe();
  const { page: _page, cursor: _cursor, page_size: _size, ...filter } = queueQuery(search);
  const query = useInfiniteQuery({
    queryKey: [{ _id: 'listTickets', pages: true, filter }],
    queryFn: async ({ pageParam, signal }) =>
      (
        await listTickets({
          query: { ...filter, page_size: pageSize, cursor: pageParam },
          signal,
          throwOnError: true,
        })
      ).data,
    initialPageParam: undefined as string | undefined,
    // In another order they are the same tickets: whoever sorts keeps what they look at.
    placeholderData: (before, query) =>
      query && sameButSorted(query.queryKey[0]?.filter, filter) ? before : undefined,
    getNextPageParam: (last) => cursorOf(last.next),
  });
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.results) ?? [], [query.data]);
  const first = query.data?.pages[0];

  const [fresh, setFresh] = useState<ReadonlySet<number>>(new Set());
  const shown = useRef(rows);
  shown.current = rows;
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was fetched anew holds what was new
  useEffect(() => setFresh(new Set()), [first]);
  useEffect(
    () =>
      onChange((change: Change) => {
        const row = shown.current.find((one) => one.id === change.ticket_id);
        if (row) {
          if (row.version !== change.version || change.type.includes('comment')) {
            void repaint(client, change.ticket_id);
          }
        } else if (change.actor_id !== me.id && arrivals.has(change.type)) {
          setFresh((before) => new Set(before).add(change.ticket_id));
        }
      }),
    [client, me.id],
  );

  const { hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = query;
  const more = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [fetchNextPage, hasNextPage, isFetchingNextPage]);
  const refresh = useCallback(() => void refetch(), [refetch]);
  return {
    query,
    rows,
    more,
    refresh,
    fresh: fresh.size,
    count: first?.count ?? 0,
    exact: first?.count_exact ?? true,
  };
}

type Filter = Record<string, unknown>;

/** Whether two filters differ in nothing but the order. */
function sameButSorted(one: Filter | undefined, other: Filter): boolean {
  const rest = (filter: Filter | undefined) => JSON.stringify({ ...filter, sort: undefined });
  return rest(one) === rest(other);
}

async function repaint(client: ReturnType<typeof useQueryClient>, id: number): Promise<void> {
  try {
    const options = { ...getTicketOptions({ path: { id } }), staleTime: 0 };
    showAnswer(client, await client.fetchQuery(options));
  } catch (error) {
    if (asApiError(error).status === 404) patchTicket(client, id, () => null);
  }
}

/** Milliseconds for which what was fetched ahead is new enough; live changes arrive by themselves. */
const ahead = 15_000;

/**
 * Fetches a ticket that is likely to be opened next, with what its conversation
 * shows. `onFetched` is told of the last one that was asked for, when it is there.
 */
export function usePrefetchTicket(onFetched: (id: number) => void) {
  const client = useQueryClient();
  const notes = useCan('note.read');
  const last = useRef(0);
  return useCallback(
    async ({ id }: Ticket) => {
      last.current = id;
      const fresh = { staleTime: ahead };
      const ticket = getTicketOptions({ path: { id } });
      await Promise.all([
        client.prefetchQuery({ ...ticket, ...fresh }),
        client.prefetchQuery({ ...ticketEventsOptions(id), ...fresh }),
        notes && client.prefetchQuery({ ...notesOptions(id), ...fresh }),
      ]);
      if (last.current === id && client.getQueryData(ticket.queryKey)) onFetched(id);
    },
    [client, notes, onFetched],
  );
}
