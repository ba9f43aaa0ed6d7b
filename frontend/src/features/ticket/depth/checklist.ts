import type { QueryClient } from '@tanstack/react-query';
import { invalidate } from '@/lib/query';

/** What shows checklists is asked for again. */
export const refreshChecklist = (client: QueryClient) =>
  invalidate(client, 'listChecklist', 'getTicket', 'listTickets', 'listTicketEvents');

/** The lines of a text that say something. */
export const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
