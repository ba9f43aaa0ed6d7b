import type { MessageDescriptor } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import { useLingui } from '@lingui/react/macro';
import { Link } from '@tanstack/react-router';
import { type Channel, channels, type Priority, priorities } from '@/features/ticket';
import type { ReportRow, SplitReportRow } from '@/lib/api';
import { NumberTable } from '@/ui/figure';
import { personName } from '@/ui/person';
import { formatDuration } from './duration';
import classes from './report-page.module.css';

const dimensions: Record<
  string,
  { of: MessageDescriptor; by: MessageDescriptor; none: MessageDescriptor }
> = {
  priority: { of: msg`Priority`, by: msg`By priority`, none: msg`No priority` },
  agent: { of: msg`Agent`, by: msg`By agent`, none: msg`Unassigned` },
  category: { of: msg`Category`, by: msg`By category`, none: msg`No category` },
  channel: { of: msg`Channel`, by: msg`By channel`, none: msg`Not known` },
  team: { of: msg`Team`, by: msg`By team`, none: msg`No team` },
};

/** What a report is split by, in words; null for what this app does not know. */
export const dimensionOf = (name: string) => dimensions[name] ?? null;

/** How a part of a dimension is called. */
export function useRowName(dimension = 'agent'): (row: Row) => string {
  const { i18n } = useLingui();
  const none = dimensionOf(dimension)?.none ?? msg`None`;
  return (row) => {
    if (row.user) return personName(row.user);
    if (dimension === 'channel' && row.key in channels) return i18n._(channels[row.key as Channel]);
    if (row.key in priorities) return i18n._(priorities[row.key as Priority].label);
    return row.label || i18n._(none);
  };
}

/** A number that leads to the tickets it counts. */
export function TicketsLink({ n, q, label }: { n: number; q: string; label: string }) {
  const { i18n } = useLingui();
  const text = new Intl.NumberFormat(i18n.locale).format(n);
  if (n === 0) return <>{text}</>;
  return (
    <Link to="/tickets" search={{ q }} aria-label={`${label}: ${text}`}>
      {text}
    </Link>
  );
}

type Row = SplitReportRow & Partial<ReportRow>;

/** A period split by a dimension, with percentiles. */
export function BreakdownTable({
  label,
  breakdown,
}: {
  label: string;
  /** Those of a split report have no period before. */
  breakdown: { dimension: string; rows: Row[] };
}) {
  const { t, i18n } = useLingui();
  const nameOf = useRowName(breakdown.dimension);
  const time = (seconds: number | null) =>
    seconds === null ? '–' : formatDuration(seconds, i18n.locale);
  const count = (title: string, key: 'created' | 'solved' | 'backlog') => ({
    key,
    title,
    cell: (row: Row) => (
      <TicketsLink n={row[key]} q={row.queries[key]} label={`${nameOf(row)}, ${title}`} />
    ),
  });
  const before = (key: string, title: string, of: 'previous_created' | 'previous_solved') =>
    breakdown.rows.some((row) => row[of] !== undefined)
      ? [{ key, title, cell: (row: Row) => row[of] }]
      : [];
  return (
    <NumberTable<Row>
      label={label}
      rows={breakdown.rows}
      keyOf={(row) => row.key}
      columns={[
        {
          key: 'name',
          title: i18n._(dimensionOf(breakdown.dimension)?.of ?? msg`Part`),
          cell: (row) => <span className={classes.person}>{nameOf(row)}</span>,
        },
        count(t`Created`, 'created'),
        ...before('created-before', t`Created before`, 'previous_created'),
        count(t`Solved`, 'solved'),
        ...before('solved-before', t`Solved before`, 'previous_solved'),
        count(t`Unfinished now`, 'backlog'),
        { key: 'r50', title: t`First response p50`, cell: (r) => time(r.first_response.p50) },
        { key: 'r90', title: 'p90', cell: (row) => time(row.first_response.p90) },
        { key: 'r95', title: 'p95', cell: (row) => time(row.first_response.p95) },
        { key: 's50', title: t`Resolution p50`, cell: (row) => time(row.resolution.p50) },
        { key: 's90', title: 'p90', cell: (row) => time(row.resolution.p90) },
        { key: 's95', title: 'p95', cell: (row) => time(row.resolution.p95) },
      ]}
    />
  );
}
