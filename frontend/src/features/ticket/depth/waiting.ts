import { i18n } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import type { QueryClient } from '@tanstack/react-query';
import {
  setTicketDue,
  snoozeTicket,
  type Ticket,
  type TicketDetail,
  type TicketSnoozeCreate,
  unsnoozeTicket,
} from '@/lib/api';
import { ifMatch } from '@/lib/etag';
import { announce } from '@/lib/status-line';
import { exactTime } from '@/lib/time';
import { offerUndo } from '@/lib/undo';
import { knownTicket, showAnswer } from '../actions/cache';
import { reason, refreshAround } from '../actions/changes';
import { refreshDepth } from './links';

const must = { throwOnError: true } as const;

async function show(client: QueryClient, answer: Promise<{ data: TicketDetail }>) {
  const { data } = await answer;
  showAnswer(client, data);
  refreshDepth(client);
  refreshAround(client);
}

/** Lets a ticket rest, and offers to take it back. */
export async function snooze(client: QueryClient, ticket: Ticket, rest: TicketSnoozeCreate) {
  const path = { id: ticket.id };
  const before = (knownTicket(client, ticket.id) ?? ticket).snooze;
  try {
    await show(client, snoozeTicket({ path, body: rest, ...must }));
    const until = rest.until && exactTime(rest.until, i18n.locale);
    offerUndo({
      message: until
        ? i18n._(msg`#${ticket.id}: Rests until ${until}, or a reply`)
        : i18n._(msg`#${ticket.id}: Rests until somebody replies`),
      undo: () =>
        before
          ? show(client, snoozeTicket({ path, body: before, ...must }))
          : show(client, unsnoozeTicket({ path, ...must })),
    });
  } catch (error) {
    announce(reason(error), 'bad');
  }
}

/** Brings a ticket back, and offers to take that back. */
export async function unsnooze(client: QueryClient, ticket: Ticket) {
  const path = { id: ticket.id };
  const before = (knownTicket(client, ticket.id) ?? ticket).snooze;
  try {
    await show(client, unsnoozeTicket({ path, ...must }));
    if (!before) return;
    offerUndo({
      message: i18n._(msg`#${ticket.id}: Rests no longer`),
      undo: () => show(client, snoozeTicket({ path, body: before, ...must })),
    });
  } catch (error) {
    announce(reason(error), 'bad');
  }
}

/** Says by when a ticket is due, and offers to take it back. */
export async function setDue(client: QueryClient, ticket: Ticket, due_at: string | null) {
  const path = { id: ticket.id };
  const was = knownTicket(client, ticket.id) ?? ticket;
  const before = was.due_source === 'manual' ? was.due_at : null;
  try {
    await show(client, setTicketDue({ path, headers: ifMatch(was), body: { due_at }, ...must }));
    const time = due_at && exactTime(due_at, i18n.locale);
    offerUndo({
      message: time
        ? i18n._(msg`#${ticket.id}: Due ${time}`)
        : i18n._(msg`#${ticket.id}: No time by hand any more`),
      undo: () => show(client, setTicketDue({ path, body: { due_at: before }, ...must })),
    });
  } catch (error) {
    announce(reason(error), 'bad');
  }
}
