import { useLingui } from '@lingui/react/macro';
import { memo } from 'react';
import { type Column, columnName, type Row } from './columns';
import classes from './more-cells.module.css';

/** The columns that were chosen beside the usual ones, where there is no room for a table. */
export const besides = (columns: readonly Column[]) => columns.filter(({ usual }) => !usual);

/** What they say of one ticket, each with its name, below its row. */
export const MoreCells = memo(function MoreCells({
  ticket,
  columns,
  exact,
}: {
  ticket: Row;
  columns: readonly Column[];
  exact: boolean;
}) {
  const { i18n } = useLingui();
  const shown = columns
    .map((column) => ({ column, content: column.cell(ticket, { i18n, exact }) }))
    .filter(({ content }) => content || content === 0);
  if (shown.length === 0) return null;
  return (
    <dl className={classes.more}>
      {shown.map(({ column, content }) => (
        <div key={column.id}>
          <dt>{columnName(column, i18n)}</dt>
          <dd>{content}</dd>
        </div>
      ))}
    </dl>
  );
});
