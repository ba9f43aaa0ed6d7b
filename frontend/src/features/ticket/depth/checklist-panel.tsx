import { i18n } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import { Trans, useLingui } from '@lingui/react/macro';
import { ActionIcon, Button, Checkbox, CloseButton, Menu, Progress, Textarea } from '@mantine/core';
import { IconArrowsSort, IconGripVertical } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
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
import { announce } from '@/lib/status-line';
import { offerUndo } from '@/lib/undo';
import { useArranging } from '@/ui/arranging';
import { Fold } from '@/ui/fold';
import { FormError } from '@/ui/form-error';
import { personName } from '@/ui/person';
import { linesOf, refreshChecklist } from './checklist';
import classes from './depth.module.css';

const must = { throwOnError: true } as const;

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
    onSettled: () => refreshChecklist(client),
  });
  const move = useMutation({
    mutationFn: ({ item, to }: { item: ChecklistItem; to: number }) =>
      updateChecklistItem({
        path: { id: item.id },
        body: { position: to + 1 },
        headers: ifMatch(item),
        ...must,
      }),
    onError: (error) => announce(explain(error), 'bad'),
    onSettled: () => refreshChecklist(client),
  });
  const saved = query.data?.results ?? [];
  // What was moved lies where it was put before the server has answered.
  const items = move.isPending ? reordered(saved, move.variables) : saved;
  const arranging = useArranging<ChecklistItem>({
    keyOf: ({ id: key }) => key,
    nameOf: (item) => item.text,
    onMove: (item, to) => move.mutate({ item, to }),
  });
  const done = items.filter((item) => item.done_at).length;
  const total = items.length;
  if (query.error && !query.data) return null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const lines = linesOf(text);
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
              {items.map((item, at) => (
                <Line key={item.id} item={item} at={at} items={items} arranging={arranging} />
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

function reordered(items: ChecklistItem[], { item, to }: { item: ChecklistItem; to: number }) {
  const order = items.filter(({ id }) => id !== item.id);
  order.splice(to, 0, item);
  return order;
}

interface LineProps {
  item: ChecklistItem;
  at: number;
  items: ChecklistItem[];
  arranging: ReturnType<typeof useArranging<ChecklistItem>>;
}

/** One thing to do. Alt and the arrow keys move it, as dragging does. */
function Line({ item, at, items, arranging }: LineProps) {
  const last = items.length;
  const { t } = useLingui();
  const client = useQueryClient();
  const path = { id: item.id };
  const change = useMutation({
    mutationFn: (body: ChecklistUpdate) =>
      updateChecklistItem({ path, body, headers: ifMatch(item), ...must }),
    onError: (error) => announce(explain(error), 'bad'),
    onSettled: () => refreshChecklist(client),
  });
  const remove = async () => {
    try {
      await deleteChecklistItem({ path, headers: ifMatch(item), ...must });
      await refreshChecklist(client);
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
          await refreshChecklist(client);
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
    <li
      className={classes.line}
      onDragOver={(event) => {
        if (items.some(arranging.isDragged)) event.preventDefault();
      }}
      {...arranging.row(item, at, items)}
    >
      <span className={classes.grip} aria-hidden {...arranging.handle(item)}>
        <IconGripVertical size={14} />
      </span>
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
      <Menu position="bottom-end" withinPortal transitionProps={{ duration: 0 }}>
        <Menu.Target>
          <ActionIcon size="sm" variant="subtle" color="gray" aria-label={t`Move ${text}`}>
            <IconArrowsSort size={14} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item disabled={at === 0} onClick={() => arranging.move(item, at - 1, items)}>
            <Trans>Up</Trans>
          </Menu.Item>
          <Menu.Item disabled={at === last - 1} onClick={() => arranging.move(item, at + 1, items)}>
            <Trans>Down</Trans>
          </Menu.Item>
          <Menu.Item disabled={at === 0} onClick={() => arranging.move(item, 0, items)}>
            <Trans>To the top</Trans>
          </Menu.Item>
          <Menu.Item
            disabled={at === last - 1}
            onClick={() => arranging.move(item, last - 1, items)}
          >
            <Trans>To the end</Trans>
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <CloseButton size="xs" aria-label={t`Delete ${text}`} onClick={() => void remove()} />
    </li>
  );
}
