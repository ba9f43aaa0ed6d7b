import { Trans, useLingui } from '@lingui/react/macro';
import { VisuallyHidden } from '@mantine/core';
import { IconEyeOff } from '@tabler/icons-react';
import { memo } from 'react';
import type { Ticket } from '@/lib/api';
import { Person } from '@/ui/person';
import { RelativeTime } from '@/ui/relative-time';
import { DueBadge } from './due-badge';
import { priorities } from './labels';
import { StatusPill } from './pills';
import { PresentBadge } from './present';
import { TicketLink } from './ticket-link';
import classes from './ticket-row.module.css';

/**
 * A ticket in a list: the whole row is its link. Beside an open ticket there is
 * less room: the style sheet sees to that, so that opening one renders no row anew.
 */
export const TicketRow = memo(function TicketRow({
  ticket,
  look = 'wide',
  current = false,
}: {
  ticket: Ticket & { unread?: boolean };
  /** In the `brief` lists of the dashboard there is less room. */
  look?: 'wide' | 'brief';
  /** It is the one that is open. */
  current?: boolean;
}) {
  const { i18n } = useLingui();
  const { label, icon: Icon } = priorities[ticket.priority];
  const priority = i18n._(label);
  return (
    <TicketLink
      id={ticket.id}
      aria-current={current || undefined}
      className={`${classes.row} ${classes[look]}`}
      data-unread={ticket.unread || undefined}
    >
      <span className={`${classes.icon} ${classes[ticket.priority]}`} title={priority}>
        <Icon size={18} stroke={2} />
        <VisuallyHidden>{priority}</VisuallyHidden>
      </span>
      <span className={classes.id}>#{ticket.id}</span>
      <span className={classes.title} title={ticket.title}>
        {ticket.unread && (
          <VisuallyHidden>
            <Trans>Unread:</Trans>{' '}
          </VisuallyHidden>
        )}
        {ticket.confidential && (
          <>
            <IconEyeOff size={14} aria-hidden />{' '}
            <VisuallyHidden>
              <Trans>Confidential:</Trans>{' '}
            </VisuallyHidden>
          </>
        )}
        <bdi>{ticket.title}</bdi> <PresentBadge ticketId={ticket.id} />
      </span>
      <span className={`${classes.cell} ${classes.people} ${classes.requester}`}>
        <Person person={ticket.created_by} size={20} />
      </span>
      <span className={`${classes.cell} ${classes.people} ${classes.assignee}`}>
        {ticket.assigned_to ? (
          <Person person={ticket.assigned_to} size={20} />
        ) : (
          <Trans>Unassigned</Trans>
        )}
      </span>
      <span className={classes.status}>
        <StatusPill status={ticket.status} />
      </span>
      <span className={classes.due}>
        <DueBadge ticket={ticket} />
      </span>
      <span className={classes.time}>
        <RelativeTime iso={ticket.updated_at} />
      </span>
    </TicketLink>
  );
});
