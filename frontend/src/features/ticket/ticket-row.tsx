import { useLingui } from '@lingui/react/macro';
import { memo } from 'react';
import { type Column, type Row, spareColumns, usualColumns } from './columns';
import { TicketLink } from './ticket-link';
import classes from './ticket-row.module.css';

interface TicketRowProps {
  ticket: Row;
  /** In the `brief` lists of the dashboard there is less room. */
  look?: 'wide' | 'brief';
  /** It is the one that is open. */
  current?: boolean;
  /** Its cells; the same array for all rows, so that they are rendered once. */
  columns?: readonly Column[];
  /** Times are shown as dates. */
  exact?: boolean;
}

/**
 * A ticket in a list: the whole row is its link. Beside an open ticket there is
 * less room: the style sheet sees to that, so that opening one renders no row anew.
 */
export const TicketRow = memo(function TicketRow({
  ticket,
  look = 'wide',
  current = false,
  columns = usualColumns,
  exact = false,
}: TicketRowProps) {
  const { i18n } = useLingui();
  const context = { i18n, exact };
  return (
    <TicketLink
      id={ticket.id}
      aria-current={current || undefined}
      className={`${classes.row} ${classes[look]}`}
      data-unread={ticket.unread || undefined}
    >
      {columns.map(({ id, className, cell }) => (
        <span key={id} className={className} dir={id === 'title' ? 'auto' : undefined}>
          {cell(ticket, context)}
        </span>
      ))}
      {spareColumns(columns).map(({ id, className, cell }) => (
        <span key={id} className={className} data-spare>
          {cell(ticket, context)}
        </span>
      ))}
    </TicketLink>
  );
});

/** What one can make out of a ticket while it flies past: where one is in the list. */
export const PassingRow = memo(function PassingRow({ ticket }: { ticket: Row }) {
  return (
    <TicketLink id={ticket.id} className={classes.passing} dir="auto">
      #{ticket.id} {ticket.title}
    </TicketLink>
  );
});
