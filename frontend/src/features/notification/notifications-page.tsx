import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Switch } from '@mantine/core';
import { IconCheck, IconSettings } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Notification } from '@/lib/api';
import { LinkButton } from '@/ui/link-button';
import { Page } from '@/ui/page';
import { personName } from '@/ui/person';
import { RelativeTime } from '@/ui/relative-time';
import { EmptyState, Fetched } from '@/ui/states';
import { useNotifications, useReadNotification, useReadNotifications } from './api';
import { type Group, grouped } from './grouped';
import classes from './notification.module.css';
import { useLine } from './words';

/** What concerns one, by ticket. */
export function NotificationsPage() {
  const { t } = useLingui();
  const [unread, setUnread] = useState(false);
  const query = useNotifications(unread);
  const readAll = useReadNotifications();
  const newest = query.data?.pages[0]?.results[0]?.id;
  return (
    <Page
      title={t`Notifications`}
      width="narrow"
      actions={
        <>
          <Button
            variant="default"
            leftSection={<IconCheck size={16} />}
            disabled={newest === undefined}
            loading={readAll.isPending}
            onClick={() => newest !== undefined && readAll.mutate({ body: { up_to: newest } })}
          >
            <Trans>Mark all as read</Trans>
          </Button>
          <LinkButton
            to="/notifications/settings"
            variant="default"
            leftSection={<IconSettings size={16} />}
          >
            <Trans>Choose notifications</Trans>
          </LinkButton>
        </>
      }
    >
      <Switch
        label={t`Only unread`}
        checked={unread}
        onChange={(event) => setUnread(event.currentTarget.checked)}
      />
      <Fetched query={query}>
        {(data) => {
          const groups = grouped(data.pages.flatMap(({ results }) => results));
          if (groups.length === 0) {
            return (
              <EmptyState title={unread ? t`Nothing unread` : t`No notifications yet`}>
                <Trans>
                  Tickets assigned to you, mentions, answers and due targets appear here.
                </Trans>
              </EmptyState>
            );
          }
          return (
            <>
              <ul className={classes.groups} aria-label={t`Notifications`}>
                {groups.map((group) => (
                  <GroupRow key={group.ticket.id} group={group} />
                ))}
              </ul>
              {query.hasNextPage && (
                <Button
                  variant="default"
                  loading={query.isFetchingNextPage}
                  onClick={() => void query.fetchNextPage()}
                >
                  <Trans>Show older ones</Trans>
                </Button>
              )}
            </>
          );
        }}
      </Fetched>
    </Page>
  );
}

function GroupRow({ group: { ticket, entries, unread } }: { group: Group }) {
  const { t } = useLingui();
  const read = useReadNotifications();
  return (
    <li className={classes.group}>
      <div className={classes.head}>
        <Link
          to="/tickets/$ticketId"
          params={{ ticketId: String(ticket.id) }}
          className={classes.title}
          data-unread={unread > 0 || undefined}
        >
          <span className={classes.number}>#{ticket.id}</span> <bdi>{ticket.title}</bdi>
        </Link>
        {unread > 0 && (
          <Button
            size="xs"
            variant="subtle"
            loading={read.isPending}
            aria-label={t`Mark as read: ticket ${ticket.id}`}
            onClick={() => read.mutate({ body: { ticket_id: ticket.id } })}
          >
            <Trans>Mark as read</Trans>
          </Button>
        )}
      </div>
      <ul className={classes.entries}>
        {entries.map((one) => (
          <Entry key={one.id} one={one} />
        ))}
      </ul>
    </li>
  );
}

function Entry({ one }: { one: Notification }) {
  const { t } = useLingui();
  const line = useLine();
  const read = useReadNotification();
  const text = line(one, personName(one.actor));
  return (
    <li className={classes.entry} data-unread={!one.read || undefined}>
      <span>{text}</span>
      <RelativeTime iso={one.created_at} />
      {!one.read && (
        <button
          type="button"
          className={classes.dot}
          aria-label={t`Mark as read: ${text}`}
          title={t`Mark as read`}
          onClick={() => read.mutate({ path: { id: one.id } })}
        />
      )}
    </li>
  );
}
