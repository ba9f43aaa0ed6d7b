import { i18n } from '@lingui/core';
import { msg, plural } from '@lingui/core/macro';
import type { QueryClient } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import {
  type BulkActionStart,
  type BulkRun,
  cancelBulk,
  getBulk,
  startBulk,
  type Ticket,
  undoBulk,
} from '@/lib/api';
import { contexts, type Selection } from '@/lib/commands';
import { isLive, nextOfBulk } from '@/lib/live/store';
import { explain } from '@/lib/problem';
import { invalidate } from '@/lib/query';
import { uuid } from '@/lib/random';
import { announce } from '@/lib/status-line';
import { timeZone } from '@/lib/time';
import { offerUndo } from '@/lib/undo';
import { knownTicket, patchTicket } from './cache';
import { type Change, refreshAround, withChange } from './changes';
import { announceRefusal } from './refusal';

const must = { throwOnError: true } as const;

/** Milliseconds between two looks at a run that goes on, where nothing tells of it. */
const pause = 400;
/** And where the stream does. */
const patience = 5000;

/** Runs that go on, or that have something to tell. */
let runs: readonly BulkRun[] = [];
const listeners = new Set<() => void>();

function set(next: readonly BulkRun[]): void {
  runs = next;
  for (const listener of listeners) listener();
}

const put = (run: BulkRun) =>
  set(
    runs.some(({ id }) => id === run.id)
      ? runs.map((r) => (r.id === run.id ? run : r))
      : [run, ...runs],
  );

export function dismissRun(id: number): void {
  set(runs.filter((run) => run.id !== id));
}

export function forgetRuns(): void {
  set([]);
}

export function useRuns(): readonly BulkRun[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => runs,
  );
}

function actionOf(change: Change | 'delete'): BulkActionStart {
  if (change === 'delete') return { type: 'delete' };
  switch (change.kind) {
    case 'status':
      if (change.finer) return { type: 'set_substatus', substatus: change.finer.slug };
      return { type: 'update_status', status: change.to };
    case 'category':
      return { type: 'set_category', category_id: change.to?.id ?? null };
    case 'tag':
      return { type: change.on ? 'add_tag' : 'remove_tag', tag: change.to };
    case 'field':
      return {
        type: 'set_field',
        field: change.slug,
        value: change.to as BulkActionStart['value'],
      };
    case 'priority':
      return { type: 'set_priority', priority: change.to };
    case 'assignee':
      return { type: 'assign', user_id: change.to?.id ?? null };
    case 'team':
      return { type: 'assign_team', team_id: change.to?.id ?? null };
    case 'confidential':
      throw new Error('tickets are made confidential one by one');
  }
}

/** Paints what will be, where the person may do it; the truth follows with the lists. */
function paint(client: QueryClient, ids: number[], change: Change | 'delete'): void {
  for (const id of ids) {
    const now = knownTicket(client, id);
    if (!now) continue;
    if (change === 'delete') {
      if (now.can.delete) patchTicket(client, id, () => null);
    } else if (now.can.update_status) {
      patchTicket(client, id, <T extends Ticket>(ticket: T) => withChange(ticket, change));
    }
  }
}

/** Does one thing to many tickets: shown at once, done by the server, with a word about each. */
export async function changeMany(
  client: QueryClient,
  selection: Selection,
  change: Change | 'delete',
): Promise<void> {
  if ('ids' in selection) paint(client, selection.ids, change);
  await runMany(client, selection, actionOf(change));
}

/** Has an action of the vocabulary done to many tickets, with a word about each. */
export async function runMany(
  client: QueryClient,
  selection: Selection,
  action: BulkActionStart,
): Promise<void> {
  contexts().list?.clearSelection?.();
  try {
    const headers = { 'Idempotency-Key': uuid() };
    const which = 'ids' in selection ? { ids: selection.ids } : { q: selection.q, tz: timeZone() };
    const body = { action, ...which };
    const { data } = await startBulk({ body, headers, ...must });
    await follow(client, data);
  } catch (error) {
    refreshAround(client);
    announceRefusal(client, error);
  }
}

async function follow(client: QueryClient, started: BulkRun): Promise<void> {
  let run = started;
  put(run);
  while (run.state === 'running') {
    await nextOfBulk(run.id, isLive() ? patience : pause);
    if (!runs.some(({ id }) => id === run.id)) return; // The session ended.
    run = (await getBulk({ path: { id: run.id }, ...must })).data;
    put(run);
  }
  refreshAround(client);
  void invalidate(client, 'getTicket');
  finish(client, run);
}

/** What a run did, in words. */
export function outcome(run: BulkRun): string {
  const { done, total } = run;
  const did = run.undo_of
    ? i18n._(msg`${plural(done, { one: '# ticket is', other: '# tickets are' })} as before`)
    : run.action.type === 'delete'
      ? i18n._(msg`${plural(done, { one: '# ticket', other: '# tickets' })} deleted`)
      : i18n._(msg`${plural(done, { one: '# ticket', other: '# tickets' })} changed`);
  const left = total - done;
  if (left === 0) return did;
  return i18n._(
    msg`${did}, ${plural(left, { one: '# left as it was', other: '# left as they were' })}`,
  );
}

function finish(client: QueryClient, run: BulkRun): void {
  const whole = run.done === run.total;
  // What was not done stays on the screen until somebody has seen why.
  if (whole) dismissRun(run.id);
  if (run.undo_of && whole) announce(outcome(run));
  if (!run.can.undo) return;
  offerUndo({
    message: outcome(run),
    done: '',
    undo: async () => {
      dismissRun(run.id);
      const { data } = await undoBulk({ path: { id: run.id }, ...must });
      await follow(client, data);
    },
  });
}

/** Stops a run; what it has done stays done. */
export async function cancelRun(run: BulkRun): Promise<void> {
  try {
    put((await cancelBulk({ path: { id: run.id }, ...must })).data);
  } catch (error) {
    announce(explain(error), 'bad');
  }
}
