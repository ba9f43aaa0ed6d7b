import type { QueryClient } from '@tanstack/react-query';
import type { TicketDetail } from '@/lib/api';
import {
  getTicketMailLogQueryKey,
  getTicketQueryKey,
  listMessagesQueryKey,
  listNotesQueryKey,
  listTicketEventsQueryKey,
} from '@/lib/api/@tanstack/react-query.gen';
import { invalidate } from '@/lib/query';
import type { Change } from './store';

/** Milliseconds in which many changes count as one. */
const together = 250;

/** Milliseconds between two countings at least; and counting takes at most a tenth of the time. */
const recountPause = 500;
const share = 10;

/** What counts tickets: views, my day and reports. */
const counted = new Set(['listViewCounts', 'countTickets', 'getDeskReport']);

/** Counts tickets again, as often as the server can bear. */
function makeRecounter(client: QueryClient) {
  let resting = false;
  let wanted = false;
  const run = async () => {
    if (resting) {
      wanted = true;
      return;
    }
    resting = true;
    const began = performance.now();
    await client.invalidateQueries({
      predicate: ({ queryKey }) =>
        counted.has((queryKey[0] as { _id?: string } | undefined)?._id ?? ''),
      // Whoever comes back to a hidden window gets them then.
      refetchType: document.hidden ? 'none' : 'active',
    });
    const pause = Math.max(recountPause, share * (performance.now() - began));
    setTimeout(() => {
      resting = false;
      if (wanted) void run();
      wanted = false;
    }, pause);
  };
  return () => void run();
}

/** Makes what is on the screen follow the changes, however many come at once. */
export function makeRefresher(client: QueryClient) {
  const recount = makeRecounter(client);
  let lists = false;
  let waiting = false;
  const tickets = new Map<number, Change[]>();

  const flush = () => {
    waiting = false;
    for (const [id, changes] of tickets) refreshTicket(client, id, changes);
    tickets.clear();
    if (lists) {
      void invalidate(client, 'getDashboard');
      recount();
      // Lists that grow paint changes into their rows themselves; nothing in them jumps.
      void client.invalidateQueries({ predicate: isPlainList });
    }
    lists = false;
  };
  return (change: Change) => {
    tickets.set(change.ticket_id, [...(tickets.get(change.ticket_id) ?? []), change]);
    if (!change.type.startsWith('note.')) lists = true;
    if (!waiting) setTimeout(flush, together);
    waiting = true;
  };
}

/** What stands beside a ticket, and changes with events of its own. */
const beside = new Set(['listChecklist', 'listTicketLinks', 'listTicketTime']);

function refreshTicket(client: QueryClient, id: number, changes: Change[]): void {
  const path = { path: { id } };
  const refetch = (queryKey: readonly unknown[]) => void client.invalidateQueries({ queryKey });
  if (changes.some((one) => one.type.startsWith('note.'))) refetch(listNotesQueryKey(path));
  if (changes.some((one) => /^internal\.|merged|split/.test(one.type))) {
    void client.invalidateQueries({
      predicate: ({ queryKey }) => {
        const key = queryKey[0] as { _id?: string; path?: { id?: number } } | undefined;
        return beside.has(key?._id ?? '') && key?.path?.id === id;
      },
    });
  }
  // The timer may have been stopped in another window, or on another device.
  if (changes.some((one) => one.type === 'internal.time_added'))
    void invalidate(client, 'getTimer');
  refetch(listTicketEventsQueryKey(path));
  refetch(listMessagesQueryKey(path));
  if (changes.some((one) => /comment|status/.test(one.type)))
    refetch(getTicketMailLogQueryKey(path));
  const key = getTicketQueryKey(path);
  const known = client.getQueryData<TicketDetail>(key);
  // What one did oneself is on the screen already, with the version it made.
  const news = changes.some(
    (one) =>
      !one.type.startsWith('note.') &&
      (one.type.includes('comment') || !known || one.version !== known.version),
  );
  if (news) refetch(key);
}

function isPlainList({ queryKey }: { queryKey: readonly unknown[] }): boolean {
  const key = queryKey[0] as { _id?: string; pages?: boolean } | undefined;
  return key?._id === 'listTickets' && !key.pages;
}
