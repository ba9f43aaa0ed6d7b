import { type QueryClient, useMutation, useQueryClient } from '@tanstack/react-query';
import { inUse } from '@/lib/in-use';
import { explain, fieldErrors } from '@/lib/problem';
import { invalidate } from '@/lib/query';
import { announce } from '@/lib/status-line';

const dependents = [
  ...['listCategories', 'listFields', 'listSubstatuses', 'listTags', 'listQueryFields'],
  ...['listTickets', 'getTicket'],
];

/**
 * Carries out a change of the setup and tells what was wrong with it. One that is asked
 * for while another is under way waits, and is based on what that one made.
 */
export function useWrite() {
  const client = useQueryClient();
  return useMutation({
    scope: { id: 'ticket-setup' },
    mutationFn: (write: () => Promise<unknown>) => write(),
    onError: (error) =>
      announce(inUse(error) ?? Object.values(fieldErrors(error))[0] ?? explain(error), 'bad'),
    onSettled: () => invalidate(client, ...dependents),
  });
}

/** The thing as the server last told it, for changes that had to wait. */
export function useNewest<T extends { id: number }>(
  shown: T,
  read: (client: QueryClient) => readonly T[] | undefined,
): () => T {
  const client = useQueryClient();
  return () => read(client)?.find(({ id }) => id === shown.id) ?? shown;
}

/** Things in a new order: the position of each that has another one now is written. */
export async function writeOrder<T extends { id: number; position: number }>(
  order: T[],
  write: (item: T, position: number) => Promise<unknown>,
): Promise<void> {
  for (const [position, item] of order.entries()) {
    if (item.position !== position) await write(item, position);
  }
}
