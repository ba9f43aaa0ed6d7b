import { i18n } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import type { QueryClient } from '@tanstack/react-query';
import { painted } from '@/lib/after-paint';
import {
  assignTicket,
  assignTicketTeam,
  closeTicket,
  getTicket,
  reopenTicket,
  type TeamCard,
  type Ticket,
  type TicketCategory,
  type TicketDetail,
  type TicketSubstatus,
  type User,
  updateTicket,
  updateTicketStatus,
} from '@/lib/api';
import { listTicketEventsQueryKey } from '@/lib/api/@tanstack/react-query.gen';
import { ifMatch } from '@/lib/etag';
import { isQueued } from '@/lib/offline/door';
import { ApiError, asApiError, explain } from '@/lib/problem';
import { invalidate } from '@/lib/query';
import { announce } from '@/lib/status-line';
import { offerUndo } from '@/lib/undo';
import { personName } from '@/ui/person';
import { type Priority, priorities, type Status, statuses } from '../labels';
import { showAtOnce, useChosen } from './at-once';
import { type Known, keyOf, knownTicket, patchTicket, showAnswer } from './cache';
import { forgetVersions, ownVersion, rememberOwn } from './own-versions';
import { announceRefusal, focusRefused } from './refusal';

/** One change of one property. */
export type Change =
  /** With `finer`, the status inside of it as well; null for none. */
  | { kind: 'status'; to: Status; finer?: TicketSubstatus | null }
  | { kind: 'priority'; to: Priority }
  | { kind: 'assignee'; to: User | null }
  | { kind: 'team'; to: TeamCard | null }
  | { kind: 'confidential'; to: boolean }
  | { kind: 'category'; to: TicketCategory | null }
  | { kind: 'tag'; to: string; on: boolean }
  | FieldChange;

/** A change of one of the desk's own fields: as it is sent, and as it is shown. */
export interface FieldChange {
  kind: 'field';
  slug: string;
  name: string;
  to: unknown;
  shown: unknown;
}

const must = { throwOnError: true } as const;

/** Milliseconds that an answer waits for the history that tells of it. */
const historyPatience = 2000;

/** What changes with tickets and is asked again after one. */
const dependents = ['listTickets', 'getDashboard', 'countTickets', 'listViewCounts', 'getMyDay'];

export function refreshAround(client: QueryClient): void {
  void invalidate(client, ...dependents);
}

export function withChange<T extends Known>(ticket: T, change: Change): T {
  switch (change.kind) {
    case 'status':
      return { ...ticket, status: change.to, substatus: change.finer ?? null };
    case 'category':
      return { ...ticket, category: change.to };
    case 'tag':
      return { ...ticket, tags: withTag(ticket, change) };
    case 'field':
      return { ...ticket, fields: { ...ticket.fields, [change.slug]: change.shown } };
    case 'assignee':
      return { ...ticket, assigned_to: change.to };
    case 'team':
      return { ...ticket, team: change.to };
    case 'confidential':
      return { ...ticket, confidential: change.to };
    case 'priority':
      return { ...ticket, priority: change.to };
  }
}

/** The ticket with what was just chosen for it, a frame before all else that shows it. */
export function useWithChosen(ticket: TicketDetail): TicketDetail {
  const change = useChosen<Change>(ticket.id);
  return change ? withChange(ticket, change) : ticket;
}

const sameTag = (a: string, b: string) => a.toLocaleLowerCase() === b.toLocaleLowerCase();

const hasTag = ({ tags }: Known, name: string) => tags.some((tag) => sameTag(tag, name));

function withTag(ticket: Known, { to, on }: { to: string; on: boolean }): string[] {
  const others = ticket.tags.filter((tag) => !sameTag(tag, to));
  if (!on) return others;
  return hasTag(ticket, to) ? ticket.tags : [...others, to];
}

/** A value of a field as it is sent: people by their ids. */
export function sendable(value: unknown): unknown {
  if (value && typeof value === 'object' && 'id' in value) return (value as User).id;
  return value ?? null;
}

/** The change that takes another one back. */
function inverse(before: Known, change: Change): Change {
  switch (change.kind) {
    case 'status': {
      const finer = before.substatus ?? (change.finer === undefined ? undefined : null);
      return { kind: 'status', to: before.status, finer };
    }
    case 'category':
      return { kind: 'category', to: before.category ?? null };
    case 'tag':
      return { ...change, on: !change.on };
    case 'field': {
      const shown = before.fields[change.slug] ?? null;
      return { ...change, to: sendable(shown), shown };
    }
    case 'assignee':
      return { kind: 'assignee', to: before.assigned_to ?? null };
    case 'team':
      return { kind: 'team', to: before.team ?? null };
    case 'confidential':
      return { kind: 'confidential', to: before.confidential };
    case 'priority':
      return { kind: 'priority', to: before.priority };
  }
}

function alreadySo(ticket: Known, change: Change): boolean {
  switch (change.kind) {
    case 'assignee':
      return (ticket.assigned_to?.id ?? null) === (change.to?.id ?? null);
    case 'team':
      return (ticket.team?.id ?? null) === (change.to?.id ?? null);
    case 'confidential':
      return ticket.confidential === change.to;
    case 'status':
      return (
        ticket.status === change.to &&
        (change.finer === undefined || ticket.substatus?.slug === change.finer?.slug)
      );
    case 'category':
      return (ticket.category?.id ?? null) === (change.to?.id ?? null);
    case 'tag':
      return hasTag(ticket, change.to) === change.on;
    case 'field': {
      const now = sendable(ticket.fields[change.slug]);
      return JSON.stringify(now) === JSON.stringify(change.to);
    }
    case 'priority':
      return ticket.priority === change.to;
  }
}

async function send(ticket: Known, change: Change, strict: boolean): Promise<TicketDetail> {
  const path = { id: ticket.id };
  const headers = ifMatch(ticket);
  switch (change.kind) {
    case 'status': {
      // A status holds whoever else changed something meanwhile, unless it takes one back.
      const options = { path, ...(strict && { headers }), ...must };
      if (ticket.can.update_status && change.finer !== undefined) {
        const body = { status: change.to, substatus: change.finer?.slug ?? null };
        return (await updateTicket({ ...options, body })).data;
      }
      if (ticket.can.update_status) {
        return (await updateTicketStatus({ ...options, body: { status: change.to } })).data;
      }
      if (change.to === 'closed') return (await closeTicket(options)).data;
      return (await reopenTicket({ ...options, body: {} })).data;
    }
    case 'assignee': {
      // Two people who take the same ticket must not both believe to have it.
      const body = { user_id: change.to?.id ?? null };
      return (await assignTicket({ path, headers, body, ...must })).data;
    }
    case 'team': {
      const body = { team_id: change.to?.id ?? null };
      return (await assignTicketTeam({ path, headers, body, ...must })).data;
    }
    case 'confidential': {
      const body = { confidential: change.to };
      return (await updateTicket({ path, headers, body, ...must })).data;
    }
    case 'priority':
      return (await updateTicket({ path, headers, body: { priority: change.to }, ...must })).data;
    case 'category': {
      const body = { category: change.to?.id ?? null };
      return (await updateTicket({ path, headers, body, ...must })).data;
    }
    case 'tag': {
      const body = { tags: withTag(ticket, change) };
      return (await updateTicket({ path, headers, body, ...must })).data;
    }
    case 'field': {
      const body = { fields: { [change.slug]: change.to } };
      return (await updateTicket({ path, headers, body, ...must })).data;
    }
  }
}

/**
 * Somebody else was faster: where they changed something else, the change goes
 * on top of theirs; where it was the same thing, they keep it.
 */
async function sendAgain(before: Known, change: Change, error: unknown): Promise<TicketDetail> {
  if (asApiError(error).status !== 412) throw error;
  const theirs = (await getTicket({ path: { id: before.id }, ...must })).data;
  const was = inverse(before, change);
  if (!alreadySo(theirs, was)) throw error;
  return send(theirs, change, false);
}

/** The changes of a ticket that are painted but not confirmed yet, in their order. */
const unconfirmed = new Map<number, Change[]>();

function confirm(id: number, change: Change): Change[] {
  const rest = (unconfirmed.get(id) ?? []).filter((one) => one !== change);
  if (rest.length > 0) unconfirmed.set(id, rest);
  else unconfirmed.delete(id);
  return rest;
}

const paint = (client: QueryClient, id: number, change: Change) =>
  patchTicket(client, id, (ticket) => withChange(ticket, change));

/**
 * Paints a change and sends it after those of the same ticket that went
 * before. `against` is the version that it undoes the change to.
 */
async function submit(client: QueryClient, ticket: Known, change: Change, against?: number) {
  const { id } = ticket;
  const back = inverse(ticket, change);
  unconfirmed.set(id, [...(unconfirmed.get(id) ?? []), change]);
  // An answer that is on its way would show the old value again.
  if (client.getQueryData(keyOf(id))) void client.cancelQueries({ queryKey: keyOf(id) });
  paint(client, id, change);
  const mutation = client.getMutationCache().build(client, {
    scope: { id: `ticket-${id}` }, // One after the other, so that versions stay in step.
    retry: false,
    networkMode: 'always',
    mutationFn: async () => {
      // First the eye, then the server: to ask takes as long as to paint.
      await painted();
      const now = knownTicket(client, id) ?? ticket;
      const version = against === undefined ? now.version : ownVersion(id, against);
      const answer = await send({ ...now, version }, change, against !== undefined).catch(
        (error) =>
          against === undefined ? sendAgain(ticket, change, error) : Promise.reject(error),
      );
      rememberOwn(id, answer.version);
      // The version at once, for the next change; the rest with its line of history.
      patchTicket(client, id, (shown) => ({
        ...shown,
        version: Math.max(shown.version, answer.version),
      }));
      return answer;
    },
  });
  try {
    const answer = (await mutation.execute(undefined)) as TicketDetail;
    void settle(client, answer, change);
    return answer;
  } catch (error) {
    const rest = confirm(id, change);
    // It waits for the network; what was painted stays.
    if (isQueued(error)) throw error;
    if (!rest.some((one) => one.kind === change.kind)) paint(client, id, back);
    forgetVersions(id);
    void client.invalidateQueries({ queryKey: keyOf(id) });
    refreshAround(client);
    throw error;
  }
}

async function settle(client: QueryClient, answer: TicketDetail, change: Change): Promise<void> {
  const { id } = answer;
  refreshAround(client);
  // The history first: its event stands for the system comment that comes with the ticket.
  const history = client.invalidateQueries({
    queryKey: listTicketEventsQueryKey({ path: { id } }),
  });
  await Promise.race([history, new Promise((done) => setTimeout(done, historyPatience))]);
  showAnswer(client, answer);
  for (const later of confirm(id, change)) paint(client, id, later);
  // Whoever hands a ticket over may not see it any more; only asking again tells.
  if (movesSight(change)) void client.invalidateQueries({ queryKey: keyOf(id) });
}

/** Whether a change can take the ticket from whoever makes it. */
const movesSight = ({ kind }: Change) =>
  kind === 'assignee' || kind === 'team' || kind === 'confidential';

/** What was done, in words. */
export function describe(change: Change): string {
  switch (change.kind) {
    case 'status': {
      const status = change.finer?.label ?? i18n._(statuses[change.to].label);
      return i18n._(msg`Status is ${status} now`);
    }
    case 'category':
      return change.to
        ? i18n._(msg`Category is ${change.to.path} now`)
        : i18n._(msg`In no category now`);
    case 'tag':
      return change.on
        ? i18n._(msg`Tagged with ${change.to}`)
        : i18n._(msg`No longer tagged with ${change.to}`);
    case 'field':
      return i18n._(msg`${change.name} is changed`);
    case 'priority':
      return i18n._(msg`Priority is ${i18n._(priorities[change.to].label)} now`);
    case 'assignee':
      return change.to
        ? i18n._(msg`Assigned to ${personName(change.to)}`)
        : i18n._(msg`Nobody is assigned now`);
    case 'team':
      return change.to
        ? i18n._(msg`With team ${change.to.name} now`)
        : i18n._(msg`With no team now`);
    case 'confidential':
      return change.to ? i18n._(msg`Confidential now`) : i18n._(msg`Not confidential any more`);
  }
}

/** Why a change was not taken, in words. */
export function reason(error: unknown): string {
  return asApiError(error).status === 412
    ? i18n._(msg`Somebody changed this ticket in the meantime. It shows their version now.`)
    : explain(error);
}

/** Says why a change was not taken, and goes to the field that it lacks. */
function refuse(client: QueryClient, id: number, error: unknown): void {
  announceRefusal(client, error, reason);
  focusRefused(id, error);
}

/** Whether the person could take the change back: those who only requested it can do less. */
function canTakeBack(before: Known, back: Change): boolean {
  if (back.kind !== 'status' || before.can.update_status) return true;
  return back.to === 'open' || back.to === 'closed';
}

/**
 * Changes a ticket: painted at once, offered to be undone, and painted back
 * with a reason when the server refuses.
 */
export function changeTicket(client: QueryClient, ticket: Ticket, change: Change): void {
  if (alreadySo(knownTicket(client, ticket.id) ?? ticket, change)) return;
  showAtOnce(ticket.id, change, () => changeEverywhere(client, ticket, change));
}

function changeEverywhere(client: QueryClient, ticket: Ticket, change: Change): void {
  const before = knownTicket(client, ticket.id) ?? ticket;
  if (alreadySo(before, change)) return;
  const back = inverse(before, change);
  const answer = submit(client, before, change);
  const message = `#${ticket.id}: ${describe(change)}`;
  if (!canTakeBack(before, back)) {
    void answer.then(
      () => announce(message),
      (error) => {
        if (isQueued(error)) announce(reason(error));
        else refuse(client, ticket.id, error);
      },
    );
    return;
  }
  const offer = offerUndo({
    message,
    undo: async () => {
      try {
        const { version } = await answer;
        await takeBack(client, ticket, back, version);
      } catch (error) {
        if (!isQueued(error)) throw error;
        await takeBackQueued(client, ticket, back, error.entry);
      }
    },
  });
  answer.then(
    (now) => {
      // Whoever handed it over does not see it any more, and cannot take it back.
      if (!movesSight(change) || now.can.assign || now.can.confidential) return;
      offer.dismiss();
      announce(message);
    },
    (error) => {
      if (isQueued(error)) return; // It can be taken out of the queue again.
      offer.dismiss();
      refuse(client, ticket.id, error);
    },
  );
}

/** Takes a change out of the queue, or changes it back when it has left already. */
async function takeBackQueued(client: QueryClient, ticket: Ticket, back: Change, entry: number) {
  const { cancel } = await import('@/lib/offline/outbox');
  if (await cancel(entry)) paint(client, ticket.id, back);
  else await submit(client, knownTicket(client, ticket.id) ?? ticket, back);
}

/** Undoes a change, unless somebody else changed the ticket since. */
async function takeBack(client: QueryClient, ticket: Ticket, back: Change, version: number) {
  try {
    await submit(client, knownTicket(client, ticket.id) ?? ticket, back, version);
  } catch (error) {
    if (asApiError(error).status !== 412) throw error;
    const detail = i18n._(msg`Not undone: somebody changed ticket #${ticket.id} in the meantime.`);
    throw new ApiError(409, { detail });
  }
}
