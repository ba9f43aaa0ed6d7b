import type { Query, QueryClient } from '@tanstack/react-query';
import type { Ticket, TicketDetail } from '@/lib/api';
import { getTicketQueryKey } from '@/lib/api/@tanstack/react-query.gen';

/** A ticket as some answer showed it: whole, or as a row of a list. */
export type Known = Ticket | TicketDetail;

export const keyOf = (id: number) => getTicketQueryKey({ path: { id } });

/** What a list answers, in one piece or page by page. */
interface Slice {
  results: Ticket[];
}
type ListData = Slice | { pages: Slice[] };

function lists(client: QueryClient): Query[] {
  return client.getQueryCache().findAll({
    predicate: ({ queryKey, state }) =>
      (queryKey[0] as { _id?: string } | undefined)?._id === 'listTickets' && !!state.data,
  });
}

const slicesOf = (data: ListData): Slice[] => ('pages' in data ? data.pages : [data]);

function rowIn(data: ListData, id: number): Ticket | undefined {
  for (const { results } of slicesOf(data)) {
    const row = results.find((ticket) => ticket.id === id);
    if (row) return row;
  }
  return undefined;
}

/**
 * A ticket as it is shown: whole, or the newest row of a list. A list that has
 * just come may hold a newer version that nobody has seen; to change the ticket
 * as that version would overwrite it unseen.
 */
export function knownTicket(client: QueryClient, id: number): Known | undefined {
  const whole = client.getQueryData<TicketDetail>(keyOf(id));
  if (whole) return whole;
  let best: Known | undefined;
  for (const query of lists(client)) {
    const row = rowIn(query.state.data as ListData, id);
    if (row && (!best || row.version > best.version)) best = row;
  }
  return best;
}

function changedSlice(slice: Slice, id: number, change: (row: Ticket) => Ticket | null): Slice {
  if (!slice.results.some((row) => row.id === id)) return slice;
  const results = slice.results.flatMap((row) => (row.id === id ? (change(row) ?? []) : [row]));
  return { ...slice, results };
}

/** Changes a ticket wherever it is shown; a row for which nothing is returned goes. */
export function patchTicket(
  client: QueryClient,
  id: number,
  change: <T extends Known>(ticket: T) => T | null,
): void {
  const whole = client.getQueryData<TicketDetail>(keyOf(id));
  const next = whole && change(whole);
  if (next) put(client, keyOf(id), next);
  for (const query of lists(client)) {
    const data = query.state.data as ListData;
    if (!rowIn(data, id)) continue;
    const changed =
      'pages' in data
        ? { ...data, pages: data.pages.map((slice) => changedSlice(slice, id, change)) }
        : changedSlice(data, id, change);
    put(client, query.queryKey, changed);
  }
}

/** Writes without pretending that the server was asked just now. */
function put(client: QueryClient, key: readonly unknown[], data: unknown): void {
  const updatedAt = client.getQueryState(key)?.dataUpdatedAt;
  client.setQueryData(key, data, { updatedAt });
}

/** Shows what the server answered, also in the rows of lists. */
export function showAnswer(client: QueryClient, answer: TicketDetail): void {
  patchTicket(client, answer.id, (ticket) => {
    if (ticket.version > answer.version) return ticket; // Somebody was faster.
    if ('comments' in ticket) return { ...ticket, ...answer };
    const known = Object.keys(ticket).filter((key) => key in answer) as (keyof Ticket)[];
    return { ...ticket, ...Object.fromEntries(known.map((key) => [key, answer[key]])) };
  });
}
