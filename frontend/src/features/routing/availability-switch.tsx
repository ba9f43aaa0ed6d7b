import { useLingui } from '@lingui/react/macro';
import { ActionIcon } from '@mantine/core';
import { IconUserCheck, IconUserPause } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { setAvailability } from '@/lib/api';
import { getAvailabilityOptions } from '@/lib/api/@tanstack/react-query.gen';
import { explain } from '@/lib/problem';
import { invalidate } from '@/lib/query';
import { announce } from '@/lib/status-line';

/** Whether oneself is given tickets: there, or away. */
export function AvailabilitySwitch() {
  const { t } = useLingui();
  const client = useQueryClient();
  const options = getAvailabilityOptions();
  const query = useQuery({ ...options, staleTime: 60_000 });
  const write = useMutation({
    mutationFn: async (away: boolean) =>
      (await setAvailability({ body: { away }, throwOnError: true })).data,
    onSuccess: (data) => {
      client.setQueryData(options.queryKey, data);
      announce(
        data.away
          ? t`You are away: routing gives you no tickets`
          : t`You are there: routing may give you tickets`,
      );
    },
    onError: (error) => announce(explain(error), 'bad'),
    onSettled: () => invalidate(client, 'getAvailability', 'listRoutingAgents'),
  });
  if (!query.data) return null;
  const { away } = query.data;
  const Icon = away ? IconUserPause : IconUserCheck;
  const label = away ? t`Away. Be there for new tickets` : t`There. Switch to away`;
  return (
    <ActionIcon
      variant={away ? 'light' : 'subtle'}
      color={away ? 'orange' : 'gray'}
      size="lg"
      aria-label={label}
      title={label}
      loading={write.isPending}
      onClick={() => write.mutate(!away)}
    >
      <Icon size={18} />
    </ActionIcon>
  );
}
