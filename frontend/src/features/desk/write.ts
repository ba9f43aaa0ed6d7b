import { type QueryClient, useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { inUse } from '@/lib/in-use';
import { explain, fieldErrors } from '@/lib/problem';
import { invalidate } from '@/lib/query';
import { announce, forgetFailure } from '@/lib/status-line';

const dependents = [
  ...['listCategories', 'listFields', 'listSubstatuses', 'listTags', 'listQueryFields'],
  ...['listTickets', 'getTicket'],
];

/** What was wrong with a change of the setup; undefined without an error. */
export function wrongWith(error: unknown): string | undefined {
  if (!error) return undefined;
  return inUse(error) ?? Object.values(fieldErrors(error))[0] ?? explain(error);
}

/**
 * Carries out a change of the setup and tells what was wrong with it. One that is asked
 * for while another is under way waits, and is based on what that one made.
 */
export function useWrite() {
  const client = useQueryClient();
  return useMutation({
    scope: { id: 'ticket-setup' },
    mutationFn: (write: () => Promise<unknown>) => write(),
    onError: (error) => announce(wrongWith(error) ?? '', 'bad'),
    onSuccess: forgetFailure,
    onSettled: () => invalidate(client, ...dependents),
  });
}

/** Does a change, and tells why it was refused; null when it is saved. */
export type Saving = Promise<string | null>;

/**
 * A thing of the setup as it will be, and how to change it. A change is a function, for it
 * may have to wait for others and then builds on what they made, not on what was shown when
 * it was asked for.
 */
export function useChanges<T extends { id: number }, Body extends object>(
  saved: T,
  read: (client: QueryClient) => readonly T[] | undefined,
  send: (now: T, body: Body) => Promise<unknown>,
) {
  const client = useQueryClient();
  const write = useWrite();
  const [waiting, setWaiting] = useState<((now: T) => Body)[]>([]);
  const [errors, setErrors] = useState<Partial<Record<keyof Body, string>>>({});
  const newest = () => read(client)?.find(({ id }) => id === saved.id) ?? saved;
  const change = async (body: (now: T) => Body): Saving => {
    const keys = Object.keys(body(saved)) as (keyof Body)[];
    const say = (what?: string) =>
      setErrors((said) => ({ ...said, ...Object.fromEntries(keys.map((key) => [key, what])) }));
    say();
    setWaiting((list) => [...list, body]);
    try {
      await write.mutateAsync(() => {
        const now = newest();
        return send(now, body(now));
      });
      return null;
    } catch (error) {
      const why = wrongWith(error) ?? '';
      say(why);
      return why;
    } finally {
      setWaiting((list) => list.filter((one) => one !== body));
    }
  };
  let shown = saved;
  for (const body of waiting) shown = { ...shown, ...body(shown) };
  return {
    /** With the changes that are on their way. */
    shown,
    newest,
    change,
    /** Why the last change of a property was refused. */
    errors,
    remove: (how: (now: T) => Promise<unknown>) => write.mutateAsync(() => how(newest())),
  };
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
