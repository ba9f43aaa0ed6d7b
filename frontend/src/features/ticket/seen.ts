import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { setTicketSeen, type TicketEvent } from '@/lib/api';
import { getTicketSeenOptions } from '@/lib/api/@tanstack/react-query.gen';
import { invalidate } from '@/lib/query';

/**
 * When I looked at a ticket before this visit; null for never, undefined until it
 * is known. While the ticket is on the screen, what is shown counts as seen.
 */
export function useLastLook(
  id: number,
  events: readonly TicketEvent[] | undefined,
  enabled: boolean,
): string | null | undefined {
  const client = useQueryClient();
  const look = useQuery({
    ...getTicketSeenOptions({ path: { id } }),
    staleTime: Infinity,
    gcTime: 0,
    enabled,
  });
  const [before, setBefore] = useState<string | null>();
  if (look.data && before === undefined) setBefore(look.data.seen_at);
  const known = before !== undefined;
  const newest = events?.at(-1)?.id ?? 0;
  useEffect(() => {
    if (!known || newest === 0) return;
    const note = () => {
      if (document.visibilityState !== 'visible') return;
      const told = { path: { id }, body: { event_id: newest }, throwOnError: true } as const;
      setTicketSeen(told).then(
        () => invalidate(client, 'listViewCounts'),
        () => {}, // Then the mark stays where it was.
      );
    };
    note();
    document.addEventListener('visibilitychange', note);
    return () => document.removeEventListener('visibilitychange', note);
  }, [client, id, known, newest]);
  return before;
}
