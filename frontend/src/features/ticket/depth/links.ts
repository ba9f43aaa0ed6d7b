import { i18n } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import type { QueryClient } from '@tanstack/react-query';
import {
  createTicketLink,
  deleteTicketLink,
  mergeTicket,
  type Ticket,
  type TicketDetail,
  type TicketLink,
  unmergeTicket,
} from '@/lib/api';
import { getTicketQueryKey } from '@/lib/api/@tanstack/react-query.gen';
import { contexts } from '@/lib/commands';
import { ifMatch } from '@/lib/etag';
import { invalidate } from '@/lib/query';
import { announce } from '@/lib/status-line';
import { offerUndo } from '@/lib/undo';
import { knownTicket } from '../actions/cache';
import { reason } from '../actions/changes';
import type { LinkKind } from './link-kinds';

const must = { throwOnError: true } as const;

/** Asks again for everything that tells of tickets which moved into each other. */
export function refreshDepth(client: QueryClient): void {
  void invalidate(
    client,
    ...['getTicket', 'listTickets', 'listTicketEvents', 'listNotes', 'listTicketLinks'],
    ...['listWatchers', 'countTickets', 'listViewCounts', 'getDashboard', 'getMyDay'],
  );
}

/** Goes to a ticket when another one is open. */
export function goTo(id: number): void {
  const { global, ticket } = contexts();
  if (!ticket || ticket.ticket.id === id) return;
  global?.go({ to: '/tickets/$ticketId', params: { ticketId: String(id) } });
}

/** Merges a ticket into another one, and offers to take it back. */
export async function merge(client: QueryClient, ticket: Ticket, into: number): Promise<void> {
  const { id } = ticket;
  const open = contexts().ticket?.ticket.id === id;
  try {
    const headers = ifMatch(knownTicket(client, id) ?? ticket);
    const { data } = await mergeTicket({
      path: { id },
      headers,
      body: { ticket_id: into },
      ...must,
    });
    client.setQueryData(getTicketQueryKey({ path: { id: into } }), data as TicketDetail);
    refreshDepth(client);
    if (open) goTo(into);
    offerUndo({
      message: i18n._(msg`#${id}: Merged into #${into}`),
      undo: () => unmerge(client, id),
    });
  } catch (error) {
    announce(reason(error), 'bad');
  }
}

/** Makes a ticket one of its own again, and shows it when what it was merged into is open. */
export async function unmerge(client: QueryClient, id: number): Promise<void> {
  const { data } = await unmergeTicket({ path: { id }, ...must });
  client.setQueryData(getTicketQueryKey({ path: { id } }), data as TicketDetail);
  refreshDepth(client);
  goTo(id);
}

/** Links a ticket to another one, and offers to take it back. */
export async function link(client: QueryClient, id: number, kind: LinkKind, other: number) {
  try {
    const body = { kind, ticket_id: other };
    const { data } = await createTicketLink({ path: { id }, body, ...must });
    refreshDepth(client);
    const made = data.results.find((one) => one.ticket.id === other && one.id);
    offerUndo({
      message: i18n._(msg`#${id}: Linked to #${other}`),
      undo: async () => {
        if (made?.id) await deleteTicketLink({ path: { id: made.id }, ...must });
        refreshDepth(client);
      },
    });
  } catch (error) {
    announce(reason(error), 'bad');
  }
}

/** Takes a link away, and offers to bring it back. */
export async function unlink(client: QueryClient, id: number, one: TicketLink): Promise<void> {
  if (!one.id) return;
  try {
    await deleteTicketLink({ path: { id: one.id }, ...must });
    refreshDepth(client);
    offerUndo({
      message: i18n._(msg`#${id}: No longer linked to #${one.ticket.id}`),
      undo: async () => {
        const body = { kind: one.kind as LinkKind, ticket_id: one.ticket.id };
        await createTicketLink({ path: { id }, body, ...must });
        refreshDepth(client);
      },
    });
  } catch (error) {
    announce(reason(error), 'bad');
  }
}
