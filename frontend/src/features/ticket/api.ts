import {
  keepPreviousData,
  type QueryClient,
  queryOptions,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import {
  createTicket,
  deleteComment,
  listTicketEvents,
  type TicketDetail,
  type TicketEvent,
  updateComment,
  updateTicket,
} from '@/lib/api';
import {
  getTicketOptions,
  getTicketQueryKey,
  listAssigneesOptions,
  listTicketEventsQueryKey,
  listTicketsOptions,
} from '@/lib/api/@tanstack/react-query.gen';
import { ifMatch } from '@/lib/etag';
import { allPages } from '@/lib/pages';
import { invalidate } from '@/lib/query';
import type { Priority } from './labels';
import { type QueueSearch, queueQuery } from './search-params';

export type { TicketEvent };

const must = { throwOnError: true } as const;

export function useTickets(search: QueueSearch) {
  return useQuery({
    ...listTicketsOptions({ query: queueQuery(search) }),
    placeholderData: keepPreviousData,
  });
}

export function useTicket(id: number) {
  return useQuery(getTicketOptions({ path: { id } }));
}

/** Active people who can be assignees. */
export function useAssignees(search: string, enabled: boolean) {
  return useQuery({
    ...listAssigneesOptions({ query: { search: search || undefined, page_size: 50 } }),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
    enabled,
  });
}

/** At most this many pages of 100 events; a longer history is cut with a word about it. */
const eventPages = 20;

/** The whole history of a ticket, oldest first. */
export function ticketEventsOptions(id: number) {
  return queryOptions({
    queryKey: listTicketEventsQueryKey({ path: { id } }) as readonly unknown[],
    queryFn: ({ signal }) =>
      allPages<TicketEvent>(eventPages, async (cursor) => {
        const query = { page_size: 100, cursor };
        return (await listTicketEvents({ path: { id }, query, signal, ...must })).data;
      }),
  });
}

export function useTicketEvents(id: number) {
  return useQuery(ticketEventsOptions(id));
}

function stale(client: QueryClient) {
  return invalidate(client, 'listTickets', 'listTicketEvents', 'getDashboard');
}

const keyOf = (id: number) => getTicketQueryKey({ path: { id } });

export function useCreateTicket() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (input: {
      body: {
        title: string;
        description: string;
        priority?: Priority;
        category?: number | null;
        fields?: Record<string, unknown>;
        confidential?: boolean;
        requester_id?: number;
        team_id?: number;
      };
      headers: Record<string, string>;
    }) => (await createTicket({ ...input, ...must })).data,
    onSuccess: (ticket) => {
      client.setQueryData(keyOf(ticket.id), ticket);
      void stale(client);
    },
  });
}

/** Title and description, against the version that was being edited. */
export function useEditTicket() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (input: {
      base: TicketDetail;
      title?: string;
      description?: string;
      attachment_ids?: number[];
    }) => {
      const { base, ...body } = input;
      const options = { path: { id: base.id }, body, headers: ifMatch(base), ...must };
      return (await updateTicket(options)).data;
    },
    onSuccess: (ticket) => {
      client.setQueryData(keyOf(ticket.id), ticket);
      void stale(client);
    },
  });
}

export function useEditComment(ticketId: number) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (input: {
      comment: { id: number; version: number };
      content: string;
      attachment_ids?: number[];
    }) => {
      const { comment, ...body } = input;
      const options = { path: { id: comment.id }, body, headers: ifMatch(comment) };
      return (await updateComment({ ...options, ...must })).data;
    },
    onSettled: () => client.invalidateQueries({ queryKey: keyOf(ticketId) }),
  });
}

export function useDeleteComment(ticketId: number) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (comment: { id: number; version: number }) => {
      await deleteComment({ path: { id: comment.id }, headers: ifMatch(comment), ...must });
    },
    // Not awaited: the comment that asked goes with the answer, and has something to say before.
    onSettled: () => {
      void client.invalidateQueries({ queryKey: keyOf(ticketId) });
      void stale(client);
    },
  });
}
