import { useMutation, useQueryClient } from '@tanstack/react-query';
import { explain, fieldErrors } from '@/lib/problem';
import { invalidate } from '@/lib/query';
import { announce } from '@/lib/status-line';

const dependents = [
  'listMailboxes',
  'listMailMessages',
  'getMailMessage',
  'listTicketMail',
  'getTicketMailLog',
  'listMailOutbox',
  'listMailAddresses',
  'listMailTemplates',
  'listMailDomains',
];

/** Carries out a change about mail and tells what was wrong with it. */
export function useMailWrite() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (write: () => Promise<unknown>) => write(),
    onError: (error) => announce(Object.values(fieldErrors(error))[0] ?? explain(error), 'bad'),
    onSettled: () => invalidate(client, ...dependents),
  });
}

/** The same; what was wrong with it is told where it was asked for. */
export function useMailChange() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (write: () => Promise<unknown>) => write(),
    onSettled: () => invalidate(client, ...dependents),
  });
}
