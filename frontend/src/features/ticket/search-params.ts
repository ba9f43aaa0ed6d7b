import { timeZone } from '@/lib/time';
import type { Priority, Status } from './labels';

/** What the queue shows; all of it lives in the URL, so that a view can be shared and revisited. */
export interface QueueSearch {
  /** A built-in view, or the number of a saved one. */
  view?: string;
  status?: string;
  priority?: string;
  assignee?: string;
  /** In the query language of the API. */
  q?: string;
  sort?: Sort;
  page?: number;
  cursor?: string;
}

export const views = ['unassigned', 'mine', 'waiting', 'unread'] as const;
export type View = (typeof views)[number];

export const sorts = [
  '-created_at',
  'created_at',
  '-updated_at',
  'updated_at',
  '-priority',
  'priority',
  'status',
  '-status',
  'due_at',
  '-due_at',
  'category',
  '-category',
  'substatus',
  '-substatus',
] as const;
export type UsualSort = (typeof sorts)[number];
/** By a field of the desk's own. */
export type FieldSort = `${'' | '-'}cf.${string}`;
export type Sort = UsualSort | FieldSort;

/** Whether an order is one by a field of the desk's own. */
export const isFieldSort = (x: unknown): x is FieldSort =>
  typeof x === 'string' && /^-?cf\.[a-z0-9_]{1,40}$/.test(x);
export const defaultSort: Sort = '-created_at';

/** The states in which somebody still has to do something; the views begin with them. */
export const unfinished = 'open,in_progress';

const statusNames: Status[] = ['open', 'in_progress', 'resolved', 'closed'];
const priorityNames: Priority[] = ['urgent', 'high', 'medium', 'low'];

/** Rows per page of the queue. */
export const queuePageSize = 50;

const oneOf = <T extends string>(all: readonly T[], x: unknown): T | undefined =>
  all.find((known) => known === x);

const text = (x: unknown): string | undefined =>
  typeof x === 'string' && x !== '' ? x : undefined;

const subset = (all: readonly string[], x: unknown): string | undefined => {
  const wanted = (text(x) ?? '').split(',');
  return all.filter((known) => wanted.includes(known)).join(',') || undefined;
};

const savedView = (x: unknown): string | undefined =>
  /^[1-9]\d{0,14}$/.test(String(x ?? '')) ? String(x) : undefined;

const positive = (x: unknown): number | undefined => {
  const n = Number(x);
  return Number.isSafeInteger(n) && n > 1 ? n : undefined;
};

/** Reads the URL; anything unknown is dropped, so that an old link still opens. */
export function parseQueueSearch(raw: Record<string, unknown>): QueueSearch {
  const found: QueueSearch = {
    view: oneOf(views, raw.view) ?? savedView(raw.view),
    status: subset(statusNames, raw.status),
    priority: subset(priorityNames, raw.priority),
    assignee: /^\d+$/.test(String(raw.assignee ?? '')) ? String(raw.assignee) : undefined,
    // Links from before there was a query language.
    q: text(raw.q) ?? text(raw.search),
    sort: isFieldSort(raw.sort) ? raw.sort : oneOf(sorts, raw.sort),
    page: positive(raw.page),
    cursor: text(raw.cursor),
  };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
}

/** What a built-in view holds beside what the filters say. */
const viewQueries: Record<View, string> = {
  unassigned: 'assignee:none',
  mine: 'assignee:me',
  waiting: 'waiting:staff',
  // What is done is left out: looking through all of it takes long on a large desk.
  unread: 'is:unread status:unfinished',
};
const viewQuery = (view: string | undefined): string => viewQueries[view as View] ?? '';

/** What rests is in no built-in view, unless one asks for it. */
const resting = ({ view, q }: QueueSearch): string =>
  oneOf(views, view) && !/\bis:(snoozed|woken)\b/.test(q ?? '') ? '-is:snoozed' : '';

/** A text as a part of a query that has others. */
const part = (q: string): string => (/\bOR\b/.test(q) ? `(${q})` : q);

/** All that narrows the list, in the query language. */
export function queryText(search: QueueSearch): string {
  const { view, status, priority, assignee, q } = search;
  const others = [
    viewQuery(view),
    resting(search),
    status && `status:${status}`,
    priority && `priority:${priority}`,
    assignee && `assignee:${assignee}`,
  ].filter(Boolean);
  if (!q || others.length === 0) return q ?? others.join(' ');
  return [...others, part(q)].join(' ');
}

/** The query of the API for what the URL says. */
export function queueQuery(search: QueueSearch) {
  const { view } = search;
  const assigned = view === 'unassigned' ? 'none' : view === 'mine' ? 'me' : search.assignee;
  const own = view === 'waiting' || view === 'unread' ? viewQuery(view) : '';
  const q =
    [own, resting(search), search.q && (own || resting(search) ? part(search.q) : search.q)]
      .filter(Boolean)
      .join(' ') || undefined;
  return {
    status: search.status,
    priority: search.priority,
    assigned_to: assigned,
    q,
    tz: q ? timeZone() : undefined,
    sort: search.sort,
    page: search.cursor ? undefined : search.page,
    cursor: search.cursor,
    page_size: queuePageSize,
  };
}

/** Whether anything but the view narrows the list. */
export function isFiltered(search: QueueSearch): boolean {
  return !!(search.status || search.priority || search.assignee || search.q);
}
