import type { QueryClient } from '@tanstack/react-query';
import type { Me, Ticket, TicketDetail } from '@/lib/api';

/** A place in the app, as the router takes it. */
export interface Place {
  to: string;
  params?: Record<string, string>;
  search?: Record<string, unknown>;
}

/** What is there on every page of a signed-in person. */
export interface GlobalContext {
  me: Me;
  client: QueryClient;
  go: (place: Place) => void;
  openPalette: () => void;
  openHelp: () => void;
}

/** The field that searches tickets. */
export interface SearchContext {
  focus: () => void;
}

/** What is selected: these tickets, or all that match a query. */
export type Selection = { ids: number[] } | { q: string; count: number; more: boolean };

/** There while a list can be exported. */
export interface ExportsContext {
  open: () => void;
}

/** There while the columns of a list can be chosen. */
export interface ColumnsContext {
  choose: () => void;
  /** Shows times as dates, or as "3 hours ago" again. */
  toggleTimes: () => void;
}

/** There while something can be taken back. */
export interface UndoContext {
  run: () => void;
}

/**
 * The list of tickets. All of it are functions over refs: moving the cursor
 * renders no buttons. What is absent is not possible.
 */
export interface ListContext {
  next: () => void;
  previous: () => void;
  /** Whether the keyboard is in the list. */
  focused: () => boolean;
  /** The ticket under the cursor, while the list has the focus. */
  current: () => Ticket | null;
  /** Opens the ticket under the cursor. */
  open?: () => void;
  /** Selects the ticket under the cursor, or takes it out again. */
  toggle?: () => void;
  /** Selects from the last selected row to the cursor. */
  toggleRange?: () => void;
  selectAll?: () => void;
  clearSelection?: () => void;
  selection?: () => Selection | null;
}

/** The ticket that is open. */
export interface TicketContext {
  ticket: TicketDetail;
  /** Leaves it, towards the list. */
  back: () => void;
  /** Opens the title for editing; absent while that is not allowed. */
  editTitle?: () => void;
}

/** The box below the conversation. Absent functions are not possible now. */
export interface ComposerContext {
  reply?: () => void;
  note?: () => void;
  /** Whether the keyboard is in the box. */
  focused: () => boolean;
  send?: () => void;
  sendAndResolve?: () => void;
}

export interface Contexts {
  global?: GlobalContext;
  search?: SearchContext;
  undo?: UndoContext;
  exports?: ExportsContext;
  columns?: ColumnsContext;
  list?: ListContext;
  ticket?: TicketContext;
  composer?: ComposerContext;
}
export type Slot = keyof Contexts;

type Entry = { slot: Slot; value: unknown };
const entries: Entry[] = [];
const listeners = new Set<() => void>();

const tell = () => {
  for (const listener of listeners) listener();
};

/** Calls back when something was registered, changed or removed. */
export function subscribeContexts(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function alike(a: unknown, b: unknown): boolean {
  const x = a as Record<string, unknown>;
  const y = b as Record<string, unknown>;
  const keys = Object.keys(x);
  return keys.length === Object.keys(y).length && keys.every((key) => Object.is(x[key], y[key]));
}

/** Says what commands act on; the last one that registered wins until it is removed. */
export function provideContext<S extends Slot>(slot: S, value: NonNullable<Contexts[S]>) {
  const entry: Entry = { slot, value };
  entries.push(entry);
  tell();
  return {
    update(next: NonNullable<Contexts[S]>): void {
      if (alike(entry.value, next)) return;
      entry.value = next;
      tell();
    },
    remove(): void {
      entries.splice(entries.indexOf(entry), 1);
      tell();
    },
  };
}

/** What commands act on now. */
export function contexts(): Contexts {
  const now: Record<string, unknown> = {};
  for (const { slot, value } of entries) now[slot] = value;
  return now as Contexts;
}
