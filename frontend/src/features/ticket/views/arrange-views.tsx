import { Trans, useLingui } from '@lingui/react/macro';
import { ActionIcon } from '@mantine/core';
import { IconFilter, IconPencil, IconTrash, IconUsers } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { focusBeside } from '@/lib/navigation';
import { ArrangeList } from '@/ui/arrange-list';
import { Dialog } from '@/ui/dialog';
import { EmptyState } from '@/ui/states';
import { moveView, removeView, useViews } from './api';
import classes from './arrange-views.module.css';
import { askAboutViews } from './asked';

/** Puts one's views into an order, by buttons, keys or dragging; changes and deletes them. */
export function ArrangeViews() {
  const { t } = useLingui();
  const client = useQueryClient();
  const views = useViews();
  return (
    <Dialog title={t`Arrange views`} size="lg" onClose={() => askAboutViews(null)}>
      {views.length === 0 ? (
        <EmptyState title={t`No saved views yet`}>
          <Trans>Narrow the list of tickets, then save it as a view.</Trans>
        </EmptyState>
      ) : (
        <ArrangeList
          items={views}
          keyOf={({ id }) => id}
          nameOf={({ name }) => name}
          onMove={({ id }, to) => void moveView(client, id, to)}
          hint={t`Only you see this order. Drag, or use Alt with the arrow keys.`}
          actions={(view) => (
            <>
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
                  data-deletes
                  aria-label={t`Delete “${view.name}”`}
                  onClick={(event) => {
                    focusBeside(event.currentTarget)();
                    removeView(client, view);
                  }}
                >
                  <IconTrash size={16} />
                </ActionIcon>
              )}
            </>
          )}
        >
          {(view) => (
            <>
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
            </>
          )}
        </ArrangeList>
      )}
    </Dialog>
  );
}
