import { type QueryClient, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo, useSyncExternalStore } from 'react';
import {
  deletePreference,
  type ListPreferencesResponse,
  type Preference,
  putPreference,
} from '@/lib/api';
import {
  listPreferencesOptions,
  listPreferencesQueryKey,
} from '@/lib/api/@tanstack/react-query.gen';
import { explain } from '@/lib/problem';
import { useMe } from '@/lib/session';
import { announce } from '@/lib/status-line';
import { preferences } from '@/lib/storage';
import { type Column, columnsNamed, fieldPrefix, usualColumns, usualIds } from './columns';
import { useFieldColumns } from './field-columns';
import type { QueueSearch } from './search-params';
import { useViews, type View } from './views/api';
import { viewOf } from './views/links';

const name = 'list.columns';
const none: readonly string[] = [];

/** The names in a stored value, whoever wrote it. */
function namesIn(value: unknown): readonly string[] {
  const shown = (value as { shown?: unknown } | undefined)?.shown;
  return Array.isArray(shown) ? shown.filter((one) => typeof one === 'string') : none;
}

/** What was shown last in this browser, so that nothing jumps until the server has answered. */
const placeOf = (personId: number) => `columns.${personId}`;

function useChosen(personId: number): readonly string[] {
  const { data } = useQuery({ ...listPreferencesOptions(), staleTime: 5 * 60_000 });
  return useMemo(() => {
    if (data) return namesIn(data.results.find((one) => one.name === name)?.value);
    return preferences.get(placeOf(personId))?.split(',') ?? none;
  }, [data, personId]);
}

// What somebody tries in a view that has columns of its own, until they save it or reload.
let tried: ReadonlyMap<number, readonly string[]> = new Map();
const listeners = new Set<() => void>();

function tryIn(viewId: number, ids: readonly string[] | null): void {
  const next = new Map(tried);
  if (ids) next.set(viewId, ids);
  else next.delete(viewId);
  tried = next;
  for (const listener of listeners) listener();
}

function useTried() {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => tried,
  );
}

// One after the other, so that the last choice is what stays.
let saving: Promise<unknown> = Promise.resolve();

/** Keeps somebody's columns at the server; null for the usual ones. */
function keep(client: QueryClient, personId: number, ids: readonly string[] | null): void {
  preferences.set(placeOf(personId), ids?.join(',') ?? null);
  client.setQueryData<ListPreferencesResponse>(listPreferencesQueryKey(), (list) => {
    if (!list) return list;
    const others = list.results.filter((one) => one.name !== name);
    const kept: Preference[] = ids
      ? [{ name, value: { shown: ids }, version: 0, updated_at: new Date().toISOString() }]
      : [];
    return { ...list, results: [...others, ...kept] };
  });
  const path = { name };
  const save = (): Promise<unknown> =>
    ids
      ? putPreference({ path, body: { value: { shown: ids } }, throwOnError: true })
      : deletePreference({ path, throwOnError: true });
  saving = saving.then(save).catch((error) => announce(explain(error), 'bad'));
}

export interface ColumnChoice {
  /** What is shown; the same array until something else is. */
  columns: readonly Column[];
  /** What a view or a preference stores for it: nothing for the usual ones. */
  stored: string[];
  /** The saved view whose own columns these are. */
  view?: View;
  /** Whether they are other than those that the view keeps. */
  changed: boolean;
  /** Shows other columns, and keeps them; null goes back to the usual ones, or to the view's. */
  choose: (ids: readonly string[] | null) => void;
}

/** The columns of a list: the saved view's, else one's own, else the usual ones. */
export function useColumns(search: QueueSearch): ColumnChoice {
  const client = useQueryClient();
  const me = useMe();
  const chosen = useChosen(me.id);
  const shown = viewOf(search, useViews());
  const view = shown && shown.columns.length > 0 ? shown : undefined;
  const trial = useTried().get(view?.id ?? 0);
  const names = trial ?? view?.columns ?? chosen;
  const key = names.join(',');
  const fields = useFieldColumns(key.includes(fieldPrefix));
  const may = (me.permissions ?? none).join(',');
  const columns = useMemo(() => {
    if (!key) return usualColumns;
    const found = columnsNamed(key.split(','), may.split(','), fields);
    return isUsual(found) ? usualColumns : found;
  }, [key, may, fields]);
  return {
    columns,
    stored: columns === usualColumns ? [] : columns.map(({ id }) => id),
    view,
    changed: trial !== undefined,
    choose: (ids) => {
      if (view) return tryIn(view.id, ids);
      keep(client, me.id, ids?.join() === usualIds.join() ? null : ids);
    },
  };
}

const isUsual = (columns: readonly Column[]) =>
  columns.map(({ id }) => id).join() === usualIds.join();

/** What was tried in a view is what it keeps now. */
export function columnsSaved(view: View): void {
  if (tried.has(view.id)) tryIn(view.id, null);
}

let exact = preferences.get('times') === 'exact';
const watchers = new Set<() => void>();

/** Whether lists show dates rather than "3 hours ago"; remembered in this browser. */
export function useExactTimes(): boolean {
  return useSyncExternalStore(
    (watcher) => {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
    () => exact,
  );
}

export function toggleExactTimes(): void {
  exact = !exact;
  preferences.set('times', exact ? 'exact' : null);
  for (const watcher of watchers) watcher();
}
