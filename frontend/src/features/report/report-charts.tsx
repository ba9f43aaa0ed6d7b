import '@mantine/core/styles/ColorSwatch.css';
import '@mantine/charts/styles.css';
import { useLingui } from '@lingui/react/macro';
import { BarChart, LineChart } from '@mantine/charts';
import type { ReactNode } from 'react';
import type { DeskReport, ReportPoint } from '@/lib/api';
import { type Column, Figure, NumberTable } from '@/ui/figure';
import { BreakdownTable, TicketsLink, useRowName } from './breakdown-table';
import { formatDuration } from './duration';
import classes from './report-page.module.css';

interface Props {
  data: DeskReport;
  /** The button that saves a table. */
  csv: (table: string, what: string) => ReactNode;
}

/** How many agents a chart holds; the table has all. */
const bars = 10;

/** The six charts of a period; behind each stands its table. */
export function ReportCharts({ data, csv }: Props) {
  const { t, i18n } = useLingui();
  const nameOf = useRowName();
  // Days of the server's calendar (UTC); reading them in another zone would shift them.
  const short = new Intl.DateTimeFormat(i18n.locale, {
    day: data.interval === 'month' ? undefined : 'numeric',
    month: 'short',
    year: data.interval === 'day' ? undefined : '2-digit',
    timeZone: 'UTC',
  });
  const nameDay = (point: ReportPoint) => short.format(new Date(`${point.from}T00:00:00Z`));
  const points = data.series.map((point) => ({
    day: nameDay(point),
    created: point.created,
    solved: point.solved,
    backlog: point.backlog,
    response50: point.first_response.p50,
    response90: point.first_response.p90,
    resolution50: point.resolution.p50,
    resolution90: point.resolution.p90,
  }));
  const time = (seconds: number | null) =>
    seconds === null ? '–' : formatDuration(seconds, i18n.locale);
  const table = (title: string, columns: Column<ReportPoint>[]) => (
    <NumberTable<ReportPoint>
      label={title}
      rows={data.series}
      keyOf={(point) => point.from}
      columns={[{ key: 'day', title: t`From`, cell: (point) => nameDay(point) }, ...columns]}
    />
  );
  const count = (title: string, key: 'created' | 'solved' | 'backlog'): Column<ReportPoint> => ({
    key,
    title,
    cell: (point) => (
      <TicketsLink n={point[key]} q={point.queries[key]} label={`${nameDay(point)}, ${title}`} />
    ),
  });
  const times = (of: 'first_response' | 'resolution'): Column<ReportPoint>[] => [
    {
      key: 'n',
      title: t`Tickets`,
      cell: (point) => (
        <TicketsLink
          n={point[of].count}
          q={of === 'resolution' ? point.queries.solved : point.queries.responded}
          label={`${nameDay(point)}, ${t`Tickets`}`}
        />
      ),
    },
    ...(['p50', 'p90', 'p95'] as const).map((p) => ({
      key: p,
      title: p,
      cell: (point: ReportPoint) => time(point[of][p]),
    })),
  ];
  const lines = {
    h: 240,
    data: points,
    dataKey: 'day',
    withLegend: true,
    withDots: points.length < 2,
    curveType: 'linear',
    connectNulls: true,
    lineChartProps: { accessibilityLayer: false },
    lineProps: { isAnimationActive: false },
  } as const;
  const perDay = t`Created and solved`;
  const backlog = t`Backlog`;
  const response = t`Time to first response`;
  const resolution = t`Time to resolution`;
  return (
    <div className={classes.charts}>
      <Figure
        title={perDay}
        actions={csv('series', perDay)}
        table={table(perDay, [count(t`Created`, 'created'), count(t`Solved`, 'solved')])}
      >
        <LineChart
          {...lines}
          series={[
            { name: 'created', label: t`Created`, color: 'blue.6' },
            { name: 'solved', label: t`Solved`, color: 'green.7', strokeDasharray: '6 3' },
          ]}
        />
      </Figure>
      <Figure
        title={backlog}
        actions={csv('series', backlog)}
        table={table(backlog, [count(t`Backlog`, 'backlog')])}
      >
        <LineChart
          {...lines}
          withLegend={false}
          series={[{ name: 'backlog', label: t`Backlog`, color: 'violet.6' }]}
        />
      </Figure>
      <Figure
        title={response}
        actions={csv('series', response)}
        table={table(response, times('first_response'))}
      >
        <LineChart
          {...lines}
          valueFormatter={time}
          series={[
            { name: 'response50', label: t`Median`, color: 'blue.6' },
            { name: 'response90', label: t`90 %`, color: 'orange.7', strokeDasharray: '6 3' },
          ]}
        />
      </Figure>
      <Figure
        title={resolution}
        actions={csv('series', resolution)}
        table={table(resolution, times('resolution'))}
      >
        <LineChart
          {...lines}
          valueFormatter={time}
          series={[
            { name: 'resolution50', label: t`Median`, color: 'blue.6' },
            { name: 'resolution90', label: t`90 %`, color: 'orange.7', strokeDasharray: '6 3' },
          ]}
        />
      </Figure>
      {data.breakdowns.slice(0, 2).map((breakdown) => {
        const title =
          breakdown.dimension === 'priority' ? t`Tickets by priority` : t`Tickets by agent`;
        return (
          <Figure
            key={breakdown.dimension}
            title={title}
            actions={csv(breakdown.dimension, title)}
            table={<BreakdownTable label={title} breakdown={breakdown} />}
          >
            <BarChart
              h={Math.max(220, Math.min(bars, breakdown.rows.length) * 34 + 60)}
              data={breakdown.rows.slice(0, bars).map((row) => ({
                name: nameOf(row),
                created: row.created,
                solved: row.solved,
              }))}
              dataKey="name"
              withLegend
              orientation="vertical"
              gridAxis="x"
              yAxisProps={{ width: 110 }}
              series={[
                { name: 'created', label: t`Created`, color: 'blue.6' },
                { name: 'solved', label: t`Solved`, color: 'green.7' },
              ]}
              barChartProps={{ accessibilityLayer: false }}
              barProps={{ radius: 3, isAnimationActive: false }}
              maxBarWidth={14}
            />
          </Figure>
        );
      })}
    </div>
  );
}
