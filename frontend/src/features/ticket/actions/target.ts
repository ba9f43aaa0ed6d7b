import type { Ticket } from '@/lib/api';
import type { Contexts, Selection } from '@/lib/commands';

/** What a command about tickets acts on: one of them, or what is selected. */
export type Target =
  | { ticket: Ticket; selection?: never }
  | { selection: Selection; ticket?: never };

/**
 * Where the keyboard is decides: in the list, its selection or the ticket under
 * the cursor; elsewhere the ticket that is open.
 */
export function targetOf({ list, ticket }: Contexts): Target | null {
  if (list?.focused() || !ticket) {
    const selection = list?.selection?.();
    if (selection) return { selection };
    const current = list?.current();
    if (current) return { ticket: current };
  }
  return ticket ? { ticket: ticket.ticket } : null;
}
