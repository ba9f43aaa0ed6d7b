import { i18n } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import type { QueryClient } from '@tanstack/react-query';
import { type Ticket, unwatchTicket, watchTicket } from '@/lib/api';
import { explain } from '@/lib/problem';
import { invalidate } from '@/lib/query';
import { announce } from '@/lib/status-line';
import { patchTicket } from './cache';

/** Begins or ceases to watch a ticket: shown at once, and painted back when refused. */
export async function follow(client: QueryClient, ticket: Ticket, watching: boolean) {
  const path = { id: ticket.id };
  const paint = (now: boolean) =>
    patchTicket(client, ticket.id, (shown) => ({ ...shown, watching: now }));
  paint(watching);
  try {
    if (watching) await watchTicket({ path, body: {}, throwOnError: true });
    else await unwatchTicket({ path, throwOnError: true });
    announce(
      watching
        ? i18n._(msg`You watch ticket #${ticket.id} now`)
        : i18n._(msg`You do not watch ticket #${ticket.id} any more`),
    );
  } catch (error) {
    paint(!watching);
    announce(explain(error), 'bad');
  }
  await invalidate(client, 'listWatchers', 'getTicket', 'listTickets', 'listTicketEvents');
}
