import { useQuery } from '@tanstack/react-query';
import type { TicketMailLog } from '@/lib/api';
import { getTicketMailLogOptions } from '@/lib/api/@tanstack/react-query.gen';

type Delivery = TicketMailLog['sent'][number];

/** A mail that waits longer than this is looked at when the ticket is opened again. */
const fresh = 120_000;

/** What is sent in a moment is followed until it has left. */
function lookAgain(log: TicketMailLog | undefined): number | false {
  const waits = log?.sent.some(
    (one) => one.fate === 'waiting' && Date.now() - Date.parse(one.created_at) < fresh,
  );
  return waits ? 3000 : false;
}

/** The mail of a ticket, in and out; for those who work on it. */
export function useMailLog(ticketId: number, enabled: boolean) {
  return useQuery({
    ...getTicketMailLogOptions({ path: { id: ticketId } }),
    enabled,
    staleTime: 30_000,
    refetchInterval: ({ state }) => lookAgain(state.data),
  });
}

/** The most telling of what became of the copies of one answer. */
export function worst(all: readonly Delivery[]): Delivery['fate'] | null {
  const order = [
    'bounced',
    'given_up',
    'held_back',
    'delayed',
    'retrying',
    'waiting',
    'sent',
    'cancelled',
  ];
  const [first] = all.map(({ fate }) => fate).sort((a, b) => order.indexOf(a) - order.indexOf(b));
  return first ?? null;
}
