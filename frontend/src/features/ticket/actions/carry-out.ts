import type { QueryClient } from '@tanstack/react-query';
import { changeMany } from './bulk-runs';
import { type Change, changeTicket } from './changes';
import { removeTicket } from './remove';
import type { Target } from './target';

/** Carries a change out on what a command acts on. */
export function change(client: QueryClient, { ticket, selection }: Target, what: Change): void {
  if (ticket) changeTicket(client, ticket, what);
  else void changeMany(client, selection, what);
}

/** Deletes what a command acts on. */
export function remove(client: QueryClient, { ticket, selection }: Target): void {
  if (ticket) removeTicket(client, ticket);
  else void changeMany(client, selection, 'delete');
}
