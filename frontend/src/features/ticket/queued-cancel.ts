import type { QueryClient } from '@tanstack/react-query';
import { cancel } from '@/lib/offline/outbox';
import type { Entry } from '@/lib/offline/state';
import { patchTicket } from './actions';
import { ticketOf } from './queued-words';

/** Takes a write out of the queue, and what it had painted off the screen. */
export async function cancelEntry(client: QueryClient, entry: Entry): Promise<void> {
  await cancel(entry.id);
  const id = ticketOf(entry);
  if (navigator.onLine) void client.invalidateQueries();
  else if (id && entry.before) {
    const { user_id: _, assigned_to: __, ...plain } = entry.before;
    patchTicket(client, id, (ticket) => ({ ...ticket, ...plain }));
  }
}
