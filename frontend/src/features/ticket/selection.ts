import { useSyncExternalStore } from 'react';
import type { Selection } from '@/lib/commands';
import { type Matching, recall, remember } from './list-memory';

/**
 * Which tickets of the list are selected. It lives beside React, so that
 * selecting one renders one row and not the list; it survives a refresh of the
 * list, opening a ticket, a reload and the way back.
 */
let ids: readonly number[] = [];
/** Set when all that match are selected, and not only those that are loaded. */
let matching: Matching | null = null;
/** The list that they belong to. */
let list = '';
/** Where a range begins: the ticket that was selected last. */
let anchor: number | null = null;
const listeners = new Set<() => void>();

function set(next: readonly number[], all: Matching | null = null): void {
  ids = next;
  matching = all;
  if (list) remember(list, { ids, matching });
  tell();
}

function tell(): void {
  for (const listener of listeners) listener();
}

/** Goes to the selection of another list, as it was left. */
export function openSelection(key: string): void {
  if (key === list) return;
  list = key;
  anchor = null;
  ({ ids, matching } = recall(key));
  tell();
}

/** Selects everything that a query finds; `shown` are those of it that are loaded. */
export function selectMatching(shown: readonly number[], all: Matching): void {
  anchor = null;
  set(shown.slice(0, mostSelected), all);
}

/** What is selected, or null. */
export function currentSelection(): Selection | null {
  if (matching) return matching;
  return ids.length > 0 ? { ids: [...ids] } : null;
}

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

/** So many tickets one bulk change takes. */
export const mostSelected = 1000;

/** Selects a ticket, or takes it out again. */
export function toggleSelected(id: number): void {
  const on = !ids.includes(id);
  anchor = on ? id : null;
  set(on ? [...ids, id].slice(0, mostSelected) : ids.filter((one) => one !== id));
}

/** Selects everything from the last selected ticket to this one; `shown` is the list in its order. */
export function selectRange(shown: readonly number[], to: number): void {
  const end = shown.indexOf(to);
  if (end < 0) return;
  const begin = anchor === null ? -1 : shown.indexOf(anchor);
  if (begin < 0) {
    if (!ids.includes(to)) toggleSelected(to);
    return;
  }
  const between = shown.slice(Math.min(begin, end), Math.max(begin, end) + 1);
  anchor = to;
  set([...new Set([...ids, ...between])].slice(0, mostSelected));
}

/** Selects all of these, or none of them when all are selected already. */
export function selectAll(shown: readonly number[]): void {
  const all = shown.slice(0, mostSelected);
  anchor = null;
  set(all.every((id) => ids.includes(id)) ? [] : all);
}

export function clearSelected(): void {
  anchor = null;
  if (ids.length > 0 || matching) set([]);
}

export function selectedIds(): readonly number[] {
  return ids;
}

/** The selected tickets, for the bar that says what can be done with them. */
export function useSelectedIds(): readonly number[] {
  return useSyncExternalStore(subscribe, selectedIds);
}

/** All that match, when they are selected. */
export function useMatching(): Matching | null {
  return useSyncExternalStore(subscribe, () => matching);
}

/** Whether one ticket is selected; its row renders only when that changes. */
export function useIsSelected(id: number): boolean {
  return useSyncExternalStore(subscribe, () => !!matching || ids.includes(id));
}
