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

/** Carries out a change about mail; what is wrong with it is told where it was asked for. */
export function useMailChange(onError?: (error: Error) => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (write: () => Promise<unknown>) => write(),
    onError,
    onSettled: () => invalidate(client, ...dependents),
  });
}

/** The same, and tells in the status line what was wrong with it. */
export const useMailWrite = () =>
  useMailChange((error) => announce(Object.values(fieldErrors(error))[0] ?? explain(error), 'bad'));
