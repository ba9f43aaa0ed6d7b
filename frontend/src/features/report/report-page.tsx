import { msg } from '@lingui/core/macro';
import { Trans, useLingui } from '@lingui/react/macro';
import { Button, SegmentedControl, Skeleton, TextInput } from '@mantine/core';
import { IconArrowDown, IconArrowRight, IconArrowUp, IconDownload } from '@tabler/icons-react';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useState } from 'react';
import type { DeskReport, ReportTimes } from '@/lib/api';
import { useCan } from '@/lib/can';
import { explain } from '@/lib/problem';
import { announce } from '@/lib/status-line';
import { Page } from '@/ui/page';
import { Section } from '@/ui/section';
import { EmptyState, Fetched, SkeletonRows } from '@/ui/states';
import { useDeskReport, useSaveTable } from './api';
import { BreakdownTable, dimensionOf } from './breakdown-table';
import { formatDuration } from './duration';
import { daysOf, isRange, presets, type ReportSearch, usualDays } from './periods';
import classes from './report-page.module.css';
import { SplitSection } from './split-section';

const Charts = lazy(() => import('./report-charts').then((m) => ({ default: m.ReportCharts })));

/** How the desk does: numbers that lead to the tickets they count. */
export function ReportPage() {
  const { t } = useLingui();
  const search = useSearch({ from: '/app/reports' });
  const may = useCan('report.view');
  const days = daysOf(search);
  const report = useDeskReport(days);
  return (
    <Page title={t`Reports`} width="wide">
      {may && <Range key={`${days.from} ${days.to}`} search={search} />}
      <Fetched query={report} skeleton={<ReportSkeleton />}>
        {(data) => <Desk data={data} stale={report.isPlaceholderData} days={days} />}
      </Fetched>
    </Page>
  );
}

function Range({ search }: { search: ReportSearch }) {
  const { t } = useLingui();
  const navigate = useNavigate({ from: '/reports' });
  const days = daysOf(search);
  const [from, setFrom] = useState(days.from);
  const [to, setTo] = useState(days.to);
  const free = !!search.from;
  const valid = isRange(from, to);
  return (
    <div className={classes.range}>
      <SegmentedControl
        aria-label={t`Period`}
        className={classes.presets}
        size="xs"
        value={free ? '' : String(search.last ?? usualDays)}
        onChange={(value) =>
          void navigate({
            search: Number(value) === usualDays ? {} : { last: Number(value) },
          })
        }
        data={presets.map((value) => ({
          value: String(value),
          label: value === 365 ? t`12 months` : t`${value} days`,
        }))}
      />
      <form
        className={classes.free}
        onSubmit={(event) => {
          event.preventDefault();
          if (valid) void navigate({ search: { from, to } });
        }}
      >
        <TextInput
          type="date"
          label={t`From`}
          value={from}
          max={to}
          required
          withAsterisk={false}
          size="xs"
          onChange={(event) => setFrom(event.currentTarget.value)}
        />
        <TextInput
          type="date"
          label={t`To`}
          value={to}
          min={from}
          required
          withAsterisk={false}
          size="xs"
          error={!valid && t`Not after the beginning, or more than ten years`}
          onChange={(event) => setTo(event.currentTarget.value)}
        />
        <Button
          type="submit"
          size="xs"
          variant="default"
          disabled={!valid || (from === days.from && to === days.to)}
        >
          <Trans>Show</Trans>
        </Button>
      </form>
    </div>
  );
}

interface DeskProps {
  data: DeskReport;
  stale: boolean;
  days: { from: string; to: string };
}

function Desk({ data, stale, days }: DeskProps) {
  const { t, i18n } = useLingui();
  const save = useSaveTable(days);
  useEffect(() => {
    if (save.error) announce(explain(save.error));
  }, [save.error]);
  const csv = (table: string, what: string) => (
    <Button
      size="compact-sm"
      variant="subtle"
      leftSection={<IconDownload size={14} />}
      loading={save.isPending && save.variables === table}
      aria-label={t`Download as CSV: ${what}`}
      onClick={() => save.mutate(table)}
    >
      CSV
    </Button>
  );
  const { totals, previous } = data;
  const previousFrom = day(data.previous_from, i18n.locale);
  const previousTo = day(data.previous_to, i18n.locale);
  const nothing = totals.created + totals.solved + totals.backlog + previous.created === 0;
  const time = (times: ReportTimes, percentile: 'p50' | 'p90') => {
    const seconds = times[percentile];
    return seconds === null ? null : formatDuration(seconds, i18n.locale);
  };
  const timesTile = (label: string, now: ReportTimes, before: ReportTimes, q: string) => (
    <Tile
      label={label}
      value={time(now, 'p50') ?? t`none`}
      q={q}
      change={changeOf(now.p50, before.p50)}
      detail={
        now.count > 0
          ? t`90 % within ${time(now, 'p90') ?? ''}, of ${now.count}`
          : t`Nothing in this period`
      }
    />
  );
  return (
    <div aria-busy={stale} className={stale ? classes.stale : undefined}>
      <ul className={classes.tiles} aria-label={t`The period in numbers`}>
        <Tile
          label={t`Created`}
          value={format(totals.created, i18n.locale)}
          q={totals.queries.created}
          change={changeOf(totals.created, previous.created)}
          detail={t`before: ${format(previous.created, i18n.locale)}`}
        />
        <Tile
          label={t`Solved`}
          value={format(totals.solved, i18n.locale)}
          q={totals.queries.solved}
          change={changeOf(totals.solved, previous.solved)}
          detail={t`before: ${format(previous.solved, i18n.locale)}`}
        />
        <Tile
          label={t`Backlog at the end`}
          value={format(totals.backlog, i18n.locale)}
          q={totals.queries.backlog}
          change={changeOf(totals.backlog, previous.backlog)}
          detail={t`before: ${format(previous.backlog, i18n.locale)}`}
        />
        {timesTile(
          t`First response, median`,
          totals.first_response,
          previous.first_response,
          totals.queries.responded,
        )}
        {timesTile(
          t`Resolution, median`,
          totals.resolution,
          previous.resolution,
          totals.queries.solved,
        )}
      </ul>
      <p className={classes.note}>
        <Trans>
          Compared with {previousFrom} to {previousTo}. Days are those of UTC; all numbers are about
          the tickets as they are now. Percentiles are at most 4.5 % off.
        </Trans>
      </p>
      {nothing ? (
        <EmptyState title={t`No tickets in this period`}>
          <Trans>Choose other days, or come back when something was reported.</Trans>
        </EmptyState>
      ) : (
        <>
          <Suspense
            fallback={
              <div className={classes.chartSpace}>
                <SkeletonRows rows={5} />
              </div>
            }
          >
            <Charts data={data} csv={csv} />
          </Suspense>
          {data.breakdowns.map((breakdown) => {
            const title = i18n._(dimensionOf(breakdown.dimension)?.by ?? msg`By part`);
            return (
              <Section
                key={breakdown.dimension}
                title={title}
                actions={csv(breakdown.dimension, title)}
              >
                <BreakdownTable label={title} breakdown={breakdown} />
              </Section>
            );
          })}
          <SplitSection days={days} />
        </>
      )}
    </div>
  );
}

/** A day as the API writes it, in the reader's language. */
const day = (iso: string, locale: string) =>
  new Date(iso).toLocaleDateString(locale, { dateStyle: 'medium', timeZone: 'UTC' });

const format = (n: number, locale: string) => new Intl.NumberFormat(locale).format(n);

/** By how much something changed, as a part of what it was; null without a before. */
function changeOf(now: number | null, before: number | null): number | null {
  return now === null || before === null || before === 0 ? null : now / before - 1;
}

interface TileProps {
  label: string;
  value: string;
  detail: string;
  change: number | null;
  q: string;
}

function Tile({ label, value, detail, change, q }: TileProps) {
  const { i18n } = useLingui();
  const Arrow =
    change === null || Math.abs(change) < 0.005
      ? IconArrowRight
      : change > 0
        ? IconArrowUp
        : IconArrowDown;
  return (
    <li>
      <Link to="/tickets" search={{ q }} className={classes.tile}>
        <span className={classes.number}>{value}</span>
        <span className={classes.label}>{label}</span>
        <span className={classes.detail}>
          {change !== null && (
            <span className={classes.change}>
              <Arrow size={12} aria-hidden />
              {new Intl.NumberFormat(i18n.locale, {
                style: 'percent',
                signDisplay: 'exceptZero',
                maximumFractionDigits: 0,
              }).format(change)}
            </span>
          )}{' '}
          {detail}
        </span>
      </Link>
    </li>
  );
}

function ReportSkeleton() {
  const { t } = useLingui();
  return (
    <div className="fd-late" role="status" aria-label={t`Loading`}>
      <div className={classes.tiles}>
        {[1, 2, 3, 4, 5].map((tile) => (
          <Skeleton key={tile} height={96} />
        ))}
      </div>
      <div className={classes.charts}>
        <Skeleton height={320} />
        <Skeleton height={320} />
      </div>
    </div>
  );
}
