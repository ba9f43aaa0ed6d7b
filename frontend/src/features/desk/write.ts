import { useMutation, useQueryClient } from '@tanstack/react-query';
import { explain, fieldErrors } from '@/lib/problem';
import { invalidate } from '@/lib/query';
import { announce } from '@/lib/status-line';

const dependents = [
  ...['listCategories', 'listFields', 'listSubstatuses', 'listTags', 'listQueryFields'],
  ...['listTickets', 'getTicket'],
];

/** Carries out a change of the setup and tells what was wrong with it. */
export function useWrite() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (write: () => Promise<unknown>) => write(),
    onError: (error) => announce(Object.values(fieldErrors(error))[0] ?? explain(error), 'bad'),
    onSettled: () => invalidate(client, ...dependents),
  });
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
