import { i18n } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Checkbox, CloseButton, Progress, Textarea } from '@mantine/core';
import { type QueryClient, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, memo, useState } from 'react';
import {
  addChecklist,
  type ChecklistItem,
  type ChecklistUpdate,
  deleteChecklistItem,
  type TicketDetail,
  updateChecklistItem,
} from '@/lib/api';
import { listChecklistOptions } from '@/lib/api/@tanstack/react-query.gen';
import { ifMatch } from '@/lib/etag';
import { explain } from '@/lib/problem';
import { invalidate } from '@/lib/query';
import { announce } from '@/lib/status-line';
import { offerUndo } from '@/lib/undo';
import { Fold } from '@/ui/fold';
import { FormError } from '@/ui/form-error';
import { personName } from '@/ui/person';
import classes from './depth.module.css';

const must = { throwOnError: true } as const;

const refresh = (client: QueryClient) =>
  invalidate(client, 'listChecklist', 'getTicket', 'listTickets', 'listTicketEvents');

/** What is to be done on a ticket, step by step. */
export const ChecklistPanel = memo(function ChecklistPanel({ ticket }: { ticket: TicketDetail }) {
  const { t } = useLingui();
  const client = useQueryClient();
  const { id } = ticket;
  const [text, setText] = useState('');
  const query = useQuery(listChecklistOptions({ path: { id } }));
  const add = useMutation({
    mutationFn: (items: string[]) => addChecklist({ path: { id }, body: { items }, ...must }),
    onSuccess: () => setText(''),
    onSettled: () => refresh(client),
  });
  const items = query.data?.results ?? [];
  const done = items.filter((item) => item.done_at).length;
  const total = items.length;
  if (query.error && !query.data) return null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const lines = text
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean);
    if (lines.length > 0) add.mutate(lines);
  };
  return (
    <Fold name="checklist" label={t`Checklist`} title={<Trans>Checklist</Trans>}>
      <div className={classes.box}>
        {total > 0 && (
          <>
            <h3>
              <Trans>
                {done} of {total} done
              </Trans>
            </h3>
            <Progress
              size="sm"
              value={(100 * done) / total}
              aria-label={t`Items that are done`}
              transitionDuration={0}
            />
            <ul>
              {items.map((item) => (
                <Line key={item.id} item={item} last={total} />
              ))}
            </ul>
          </>
        )}
        <form onSubmit={submit} className={classes.add}>
          <Textarea
            size="xs"
            autosize
            minRows={1}
            maxRows={6}
            aria-label={t`Add to the checklist`}
            placeholder={t`Add to the checklist: one item per line`}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          <Button type="submit" size="xs" variant="default" loading={add.isPending}>
            <Trans>Add</Trans>
          </Button>
        </form>
        <FormError error={add.error} shown={[]} />
      </div>
    </Fold>
  );
});

function Line({ item, last }: { item: ChecklistItem; last: number }) {
  const { t } = useLingui();
  const client = useQueryClient();
  const path = { id: item.id };
  const change = useMutation({
    mutationFn: (body: ChecklistUpdate) =>
      updateChecklistItem({ path, body, headers: ifMatch(item), ...must }),
    onError: (error) => announce(explain(error), 'bad'),
    onSettled: () => refresh(client),
  });
  const remove = async () => {
    try {
      await deleteChecklistItem({ path, headers: ifMatch(item), ...must });
      await refresh(client);
      offerUndo({
        message: i18n._(msg`Item deleted from the checklist`),
        undo: async () => {
          const body = { items: [item.text], required: item.required };
          const { data } = await addChecklist({ path: { id: item.ticket_id }, body, ...must });
          const back = data.results.at(-1);
          if (back && (item.done_at || item.position < last)) {
            await updateChecklistItem({
              path: { id: back.id },
              body: { position: item.position, ...(item.done_at && { done: true }) },
              ...must,
            });
          }
          await refresh(client);
        },
      });
    } catch (error) {
      announce(explain(error), 'bad');
    }
  };
  const { text } = item;
  // What was pressed is shown before the server has answered.
  const ticked = (change.isPending ? change.variables.done : undefined) ?? !!item.done_at;
  const who = item.done_by && personName(item.done_by);
  return (
    <li className={classes.line}>
      <Checkbox
        size="xs"
        className={classes.grow}
        checked={ticked}
        label={<bdi>{text}</bdi>}
        title={who ? t`Done by ${who}` : undefined}
        onChange={(event) => change.mutate({ done: event.currentTarget.checked })}
      />
      <Button
        size="compact-xs"
        variant={item.required ? 'light' : 'subtle'}
        aria-pressed={item.required}
        aria-label={t`Required before resolving: ${text}`}
        title={t`Required before resolving`}
        onClick={() => change.mutate({ required: !item.required })}
      >
        !
      </Button>
      <CloseButton size="xs" aria-label={t`Delete ${text}`} onClick={() => void remove()} />
    </li>
  );
}
