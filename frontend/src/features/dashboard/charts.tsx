import '@mantine/core/styles/ColorSwatch.css';
import '@mantine/charts/styles.css';
import { Trans, useLingui } from '@lingui/react/macro';
import { BarChart, LineChart } from '@mantine/charts';
import { priorities, priorityKeys, statuses, statusKeys } from '@/features/ticket';
import type { Dashboard } from '@/lib/api';
import { Figure } from '@/ui/figure';
import classes from './dashboard-page.module.css';

const tones = {
  blue: 'blue.6',
  violet: 'violet.6',
  green: 'green.7',
  grey: 'gray.6',
  orange: 'orange.6',
  red: 'red.7',
  faint: 'gray.5',
  amber: 'yellow.7',
  rose: 'red.5',
  teal: 'teal.6',
} as const;

/** The administrator's charts; behind each one stands its table. */
export function Charts({ data }: { data: Dashboard }) {
  const { t, i18n } = useLingui();
  const byStatus = statusKeys.map((key) => ({
    name: i18n._(statuses[key].label),
    count: data.per_status[key] ?? 0,
    color: tones[statuses[key].tone],
  }));
  const byPriority = priorityKeys.map((key) => ({
    name: i18n._(priorities[key].label),
    count: data.per_priority[key] ?? 0,
    color: tones[priorities[key].tone],
  }));
  return (
    <div className={classes.charts}>
      <Counts title={t`By status`} rows={byStatus} />
      <Counts title={t`By priority`} rows={byPriority} />
      <div className={classes.wide}>
        <PerDay days={data.per_day} />
      </div>
    </div>
  );
}

function Counts({
  title,
  rows,
}: {
  title: string;
  rows: { name: string; count: number; color: string }[];
}) {
  const { t } = useLingui();
  return (
    <Figure
      title={title}
      table={
        <table className={classes.table}>
          <tbody>
            {rows.map((row) => (
              <tr key={row.name}>
                <th scope="row">{row.name}</th>
                <td>{row.count}</td>
              </tr>
            ))}
          </tbody>
        </table>
      }
    >
      <BarChart
        h={220}
        data={rows}
        dataKey="name"
        series={[{ name: 'count', label: t`Tickets` }]}
        orientation="vertical"
        gridAxis="x"
        yAxisProps={{ width: 92 }}
        barChartProps={{ accessibilityLayer: false }}
        barProps={{ radius: 3, isAnimationActive: false }}
        maxBarWidth={22}
        getBarColor={(_value, series) => (series as { color?: string })?.color ?? 'indigo.6'}
      />
    </Figure>
  );
}

function PerDay({ days }: { days: Dashboard['per_day'] }) {
  const { t, i18n } = useLingui();
  // Days of the server's calendar (UTC); reading them in another zone would shift them.
  const short = new Intl.DateTimeFormat(i18n.locale, {
    day: 'numeric',
    month: 'short',
    timeZone: 'UTC',
  });
  const rows = days.map((day) => ({
    ...day,
    day: short.format(new Date(`${day.date}T00:00:00Z`)),
  }));
  return (
    <Figure
      title={t`Tickets per day`}
      table={
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard has to reach it
        <section className={classes.scroll} tabIndex={0} aria-label={t`Tickets per day`}>
          <table className={classes.table}>
            <thead>
              <tr>
                <th scope="col">
                  <Trans>Day</Trans>
                </th>
                <th scope="col">
                  <Trans>Created</Trans>
                </th>
                <th scope="col">
                  <Trans>Resolved</Trans>
                </th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.date}>
                  <th scope="row">{row.day}</th>
                  <td>{row.created}</td>
                  <td>{row.resolved}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      }
    >
      <LineChart
        h={240}
        data={rows}
        dataKey="day"
        withLegend
        withDots={false}
        curveType="linear"
        series={[
          { name: 'created', label: t`Created`, color: 'blue.6' },
          { name: 'resolved', label: t`Resolved`, color: 'green.6', strokeDasharray: '6 3' },
        ]}
        lineChartProps={{ accessibilityLayer: false }}
        lineProps={{ isAnimationActive: false }}
      />
    </Figure>
  );
}
