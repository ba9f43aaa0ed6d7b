import { i18n } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import type { QueryClient } from '@tanstack/react-query';
import { deleteTicket, restoreTicket, type Ticket } from '@/lib/api';
import { ifMatch } from '@/lib/etag';
import { isQueued } from '@/lib/offline/door';
import { announce } from '@/lib/status-line';
import { offerUndo } from '@/lib/undo';
import { keyOf, knownTicket, patchTicket } from './cache';
import { reason, refreshAround } from './changes';

const must = { throwOnError: true } as const;

/** Deletes a ticket: gone from the screen at once, and restored by undo. */
export function removeTicket(client: QueryClient, ticket: Ticket): void {
  const { id } = ticket;
  const now = knownTicket(client, id) ?? ticket;
  patchTicket(client, id, () => null);
  const mutation = client.getMutationCache().build(client, {
    scope: { id: `ticket-${id}` },
    retry: false,
    networkMode: 'always',
    mutationFn: () => deleteTicket({ path: { id }, headers: ifMatch(now), ...must }),
  });
  const answer = mutation.execute(undefined);
  const offer = offerUndo({
    message: i18n._(msg`Ticket #${id} deleted`),
    done: i18n._(msg`Ticket #${id} is back`),
    undo: async () => {
      await answer;
      const { data } = await restoreTicket({ path: { id }, ...must });
      client.setQueryData(keyOf(id), data);
      refreshAround(client);
    },
  });
  answer.then(
    () => {
      client.removeQueries({ queryKey: keyOf(id), type: 'inactive' });
      refreshAround(client);
    },
    (error) => {
      offer.dismiss();
      if (isQueued(error)) return announce(reason(error));
      refreshAround(client);
      void client.invalidateQueries({ queryKey: keyOf(id) });
      announce(reason(error), 'bad');
    },
  );
}
