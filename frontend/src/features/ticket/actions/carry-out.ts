import type { QueryClient } from '@tanstack/react-query';
import { type Change, changeTicket } from './changes';
import type { Target } from './target';

/** Carries a change out on what a command acts on. */
export function change(client: QueryClient, target: Target, what: Change): void {
  if (target.ticket) changeTicket(client, target.ticket, what);
}
