import { Trans, useLingui } from '@lingui/react/macro';
import type { ReactNode } from 'react';
import classes from './figure.module.css';
import { Section } from './section';

/** A chart with the table behind it, which says the same in words and numbers. */
export function Figure({
  title,
  lead,
  actions,
  table,
  children,
}: {
  title: string;
  lead?: ReactNode;
  actions?: ReactNode;
  table: ReactNode;
  children: ReactNode;
}) {
  const { t } = useLingui();
  return (
    <Section title={title} lead={lead} actions={actions}>
      <div role="img" aria-label={t`Chart: ${title}. The numbers are in the table below it.`}>
        {children}
      </div>
      <details className={classes.details}>
        <summary>
          <Trans>Show as table</Trans>
        </summary>
        {table}
      </details>
    </Section>
  );
}

export interface Column<Row> {
  key: string;
  title: string;
  cell: (row: Row) => ReactNode;
}

/** A table of numbers that scrolls by itself; the first column names the row. */
export function NumberTable<Row>({
  label,
  columns,
  rows,
  keyOf,
}: {
  label: string;
  columns: Column<Row>[];
  rows: readonly Row[];
  keyOf: (row: Row) => string;
}) {
  const { t } = useLingui();
  const [first, ...others] = columns;
  if (!first) return null;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard has to reach it
    <section className={classes.scroll} tabIndex={0} aria-label={t`Table: ${label}`}>
      <table className={classes.table}>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.key} scope="col">
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)}>
              <th scope="row">{first.cell(row)}</th>
              {others.map((column) => (
                <td key={column.key}>{column.cell(row)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
