import { i18n } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import { type QueryClient, useQuery } from '@tanstack/react-query';
import {
  arrangeViews,
  createView,
  deleteView,
  type ListViewsResponse,
  restoreView,
  updateView,
  type View,
  type ViewCreate,
} from '@/lib/api';
import {
  listViewCountsOptions,
  listViewsOptions,
  listViewsQueryKey,
} from '@/lib/api/@tanstack/react-query.gen';
import { ifMatch } from '@/lib/etag';
import { explain } from '@/lib/problem';
import { invalidate } from '@/lib/query';
import { uuid } from '@/lib/random';
import { announce } from '@/lib/status-line';
import { timeZone } from '@/lib/time';
import { offerUndo } from '@/lib/undo';

export type { View };

const must = { throwOnError: true } as const;

/** So often the numbers are asked for anyway: what is "today" changes by itself. */
const recount = 5 * 60_000;

/** One's own views and those shared with one, in the order of the rail. */
export function useViews(): readonly View[] {
  return useQuery({ ...listViewsOptions(), staleTime: 60_000 }).data?.results ?? none;
}
const none: readonly View[] = [];

/** The views that are known without asking, for what is no component. */
export function knownViews(client: QueryClient): readonly View[] {
  return client.getQueryData<ListViewsResponse>(listViewsQueryKey())?.results ?? none;
}

/** How many tickets a view holds. */
export interface ViewCount {
  count: number;
  exact: boolean;
}

/** The numbers beside views: of built-in ones by their names, of saved ones by their ids. */
export function useViewCounts(): ReadonlyMap<string, ViewCount> {
  const { data } = useQuery({
    ...listViewCountsOptions({ query: { tz: timeZone() } }),
    staleTime: 15_000,
    refetchInterval: recount,
  });
  const found = new Map<string, ViewCount>();
  for (const { key, view_id, count, count_exact } of data?.counts ?? []) {
    if (count !== null) found.set(key ?? String(view_id), { count, exact: count_exact });
  }
  return found;
}

const stale = (client: QueryClient) => invalidate(client, 'listViews', 'listViewCounts');

/** Keeps a new view, or changes one. */
export async function saveView(
  client: QueryClient,
  body: ViewCreate,
  current?: View,
): Promise<View> {
  try {
    const { data } = current
      ? await updateView({ path: { id: current.id }, body, headers: ifMatch(current), ...must })
      : await createView({ body, headers: { 'Idempotency-Key': uuid() }, ...must });
    return data;
  } finally {
    await stale(client);
  }
}

function paint(client: QueryClient, change: (views: View[]) => View[]): void {
  client.setQueryData<ListViewsResponse>(
    listViewsQueryKey(),
    (list) => list && { ...list, results: change(list.results) },
  );
}

/** Deletes a view: gone at once, restored by undo. */
export function removeView(client: QueryClient, view: View): void {
  paint(client, (views) => views.filter(({ id }) => id !== view.id));
  const path = { id: view.id };
  const answer = deleteView({ path, headers: ifMatch(view), ...must });
  const offer = offerUndo({
    message: i18n._(msg`View “${view.name}” deleted`),
    done: i18n._(msg`View “${view.name}” is back`),
    undo: async () => {
      await answer;
      await restoreView({ path, ...must });
      await stale(client);
    },
  });
  answer
    .catch((error) => {
      offer.dismiss();
      announce(explain(error), 'bad');
    })
    .finally(() => void stale(client));
}

/** Moves a view to a place in the rail; for oneself only. */
export async function moveView(client: QueryClient, id: number, to: number): Promise<void> {
  let ids: number[] = [];
  paint(client, (views) => {
    const rest = views.filter((view) => view.id !== id);
    const moved = views.filter((view) => view.id === id);
    const next = [...rest.slice(0, to), ...moved, ...rest.slice(to)];
    ids = next.map((view) => view.id);
    return next;
  });
  try {
    await arrangeViews({ body: { ids }, ...must });
  } catch (error) {
    announce(explain(error), 'bad');
    void stale(client);
  }
}
