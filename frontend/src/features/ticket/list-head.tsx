import { useLingui } from '@lingui/react/macro';
import { VisuallyHidden } from '@mantine/core';
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import { type Column, columnName } from './columns';
import classes from './list-head.module.css';
import { defaultSort, type QueueSearch, type Sort } from './search-params';
import { sortLabel } from './sort-labels';

/** Pixels; the rows begin below it. */
export const headHeight = 32;

interface ListHeadProps {
  columns: readonly Column[];
  sort: Sort | undefined;
  onSort: (change: Pick<QueueSearch, 'sort'>) => void;
}

/**
 * The names of the columns, above the list; those that can be sorted by are
 * buttons. The rows below are links in a list and no table's rows, so that the
 * head is a table of its own: only there may a heading say how it is sorted.
 */
export function ListHead({ columns, sort = defaultSort, onSort }: ListHeadProps) {
  const { t } = useLingui();
  return (
    <div role="table" aria-label={t`Columns`} className={classes.head}>
      {/* biome-ignore lint/a11y/useFocusableInteractive: its buttons are */}
      <div role="row" className={classes.row}>
        {columns.map((column) => (
          <Heading key={column.id} column={column} sort={sort} onSort={onSort} />
        ))}
      </div>
    </div>
  );
}

interface HeadingProps {
  column: Column;
  sort: Sort;
  onSort: ListHeadProps['onSort'];
}

function Heading({ column, sort, onSort }: HeadingProps) {
  const { i18n } = useLingui();
  const name = columnName(column, i18n);
  const narrow = column.width < 40;
  const label = narrow ? <VisuallyHidden>{name}</VisuallyHidden> : name;
  if (!column.sort) {
    return (
      // biome-ignore lint/a11y/useFocusableInteractive: there is nothing to do with it
      <span role="columnheader" className={classes.heading} data-column={column.id} title={name}>
        <span className={classes.name}>{label}</span>
      </span>
    );
  }
  const [first, second] = column.sort;
  const now = sort === first || sort === second ? sort : undefined;
  const next = now === first ? second : first;
  const down = (now ?? first).startsWith('-');
  const Arrow = down ? IconArrowDown : IconArrowUp;
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: its button is
    <span
      role="columnheader"
      aria-sort={now ? (down ? 'descending' : 'ascending') : 'none'}
      className={classes.heading}
    >
      <button
        type="button"
        className={classes.button}
        data-sorted={now !== undefined || undefined}
        title={`${name}: ${sortLabel(next, [column], i18n)}`}
        onClick={() => onSort({ sort: next === defaultSort ? undefined : next })}
      >
        <span className={classes.name}>{label}</span>
        <Arrow size={14} aria-hidden className={classes.arrow} />
      </button>
    </span>
  );
}
