import { Trans, useLingui } from '@lingui/react/macro';
import { ActionIcon } from '@mantine/core';
import {
  IconArrowDown,
  IconArrowUp,
  IconFilter,
  IconGripVertical,
  IconPencil,
  IconTrash,
  IconUsers,
} from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { type KeyboardEvent, useState } from 'react';
import { announce } from '@/lib/status-line';
import { Dialog } from '@/ui/dialog';
import { EmptyState } from '@/ui/states';
import { moveView, removeView, useViews, type View } from './api';
import classes from './arrange-views.module.css';
import { askAboutViews } from './asked';

/** Puts one's views into an order, by buttons, keys or dragging; changes and deletes them. */
export function ArrangeViews() {
  const { t } = useLingui();
  const client = useQueryClient();
  const views = useViews();
  const [dragged, setDragged] = useState<number | null>(null);

  const move = (view: View, to: number) => {
    if (to < 0 || to >= views.length) return;
    void moveView(client, view.id, to);
    announce(t`“${view.name}” is number ${to + 1} of ${views.length} now`);
  };
  const onKeyDown = (event: KeyboardEvent, view: View, at: number) => {
    const by = event.key === 'ArrowUp' ? -1 : event.key === 'ArrowDown' ? 1 : 0;
    if (!by || !event.altKey) return;
    event.preventDefault();
    move(view, at + by);
  };
  return (
    <Dialog title={t`Arrange views`} size="lg" onClose={() => askAboutViews(null)}>
      {views.length === 0 ? (
        <EmptyState title={t`No saved views yet`}>
          <Trans>Narrow the list of tickets, then save it as a view.</Trans>
        </EmptyState>
      ) : (
        <>
          <p className={classes.hint}>
            <Trans>Only you see this order. Drag, or use Alt with the arrow keys.</Trans>
          </p>
          <ul className={classes.list}>
            {views.map((view, at) => (
              <li
                key={view.id}
                className={classes.row}
                draggable
                data-dragged={dragged === view.id || undefined}
                onDragStart={(event) => {
                  event.dataTransfer.effectAllowed = 'move';
                  setDragged(view.id);
                }}
                onDragEnd={() => setDragged(null)}
                onDragOver={(event) => event.preventDefault()}
                onDrop={(event) => {
                  event.preventDefault();
                  const from = views.find(({ id }) => id === dragged);
                  if (from && from !== view) move(from, at);
                }}
                onKeyDown={(event) => onKeyDown(event, view, at)}
              >
                <IconGripVertical size={16} aria-hidden className={classes.grip} />
                <span aria-hidden className={classes.icon}>
                  {view.icon || <IconFilter size={16} />}
                </span>
                <span className={classes.name}>
                  <bdi>{view.name}</bdi>
                  {view.shared_with && (
                    <IconUsers
                      size={14}
                      role="img"
                      aria-label={t`shared`}
                      className={classes.shared}
                    />
                  )}
                </span>
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  aria-label={t`Move “${view.name}” up`}
                  disabled={at === 0}
                  onClick={() => move(view, at - 1)}
                >
                  <IconArrowUp size={16} />
                </ActionIcon>
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  aria-label={t`Move “${view.name}” down`}
                  disabled={at === views.length - 1}
                  onClick={() => move(view, at + 1)}
                >
                  <IconArrowDown size={16} />
                </ActionIcon>
                {view.can.update && (
                  <ActionIcon
                    variant="subtle"
                    color="gray"
                    aria-label={t`Edit “${view.name}”`}
                    onClick={() => askAboutViews({ about: 'edit', id: view.id })}
                  >
                    <IconPencil size={16} />
                  </ActionIcon>
                )}
                {view.can.delete && (
                  <ActionIcon
                    variant="subtle"
                    color="gray"
                    aria-label={t`Delete “${view.name}”`}
                    onClick={() => removeView(client, view)}
                  >
                    <IconTrash size={16} />
                  </ActionIcon>
                )}
              </li>
            ))}
          </ul>
        </>
      )}
    </Dialog>
  );
}
