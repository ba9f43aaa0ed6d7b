import { useMutation, useQueryClient } from '@tanstack/react-query';
import { explain, fieldErrors } from '@/lib/problem';
import { invalidate } from '@/lib/query';
import { announce } from '@/lib/status-line';

const dependents = ['listWebhooks', 'getWebhook', 'listWebhookDeliveries', 'getWebhookDelivery'];

/** Carries out a change of webhooks and tells what was wrong with it. */
export function useWebhookWrite() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (write: () => Promise<unknown>) => write(),
    onError: (error) => announce(Object.values(fieldErrors(error))[0] ?? explain(error), 'bad'),
    onSettled: () => invalidate(client, ...dependents),
  });
}

export const must = { throwOnError: true } as const;
