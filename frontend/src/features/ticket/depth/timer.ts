import { i18n } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import type { QueryClient } from '@tanstack/react-query';
import { startTimer, stopTimer } from '@/lib/api';
import { getTimerOptions } from '@/lib/api/@tanstack/react-query.gen';
import { explain } from '@/lib/problem';
import { invalidate } from '@/lib/query';
import { announce } from '@/lib/status-line';

const must = { throwOnError: true } as const;

/** What shows times is asked for again. */
export const refreshTimes = (client: QueryClient) =>
  invalidate(client, ...['listTicketTime', 'getTimer', 'listTicketEvents']).then(() =>
    invalidate(client, ...['listTimeEntries', 'sumTimeEntries', 'reportTime']),
  );

/** Starts one's timer on a ticket, or stops it there and writes the time down. */
export async function toggleTimer(client: QueryClient, id: number): Promise<void> {
  try {
    const { timer } = await client.fetchQuery({ ...getTimerOptions(), staleTime: 0 });
    if (timer?.ticket_id === id) {
      await stopTimer({ body: {}, ...must });
      announce(i18n._(msg`The time on ticket #${id} is written down`));
    } else {
      await startTimer({ body: { ticket_id: id }, ...must });
      announce(i18n._(msg`The timer runs on ticket #${id}`));
    }
  } catch (error) {
    announce(explain(error), 'bad');
  }
  await refreshTimes(client);
}
