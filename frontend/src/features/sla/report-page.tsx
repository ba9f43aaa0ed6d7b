import { Trans, useLingui } from '@lingui/react/macro';
import { Button, NativeSelect, Stack, TextInput } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { priorities, SlaPill, spellHours, targets } from '@/features/ticket';
import type { SlaReport, SlaShare } from '@/lib/api';
import { cursorOf } from '@/lib/pages';
import { exactTime } from '@/lib/time';
import { Page } from '@/ui/page';
import { Section } from '@/ui/section';
import { EmptyState, Fetched } from '@/ui/states';
import { TextLink } from '@/ui/text-link';
import { useClocks, useReport } from './api';
import type { SlaReportSearch } from './search-params';
import classes from './sla.module.css';
import { SlaNav } from './sla-nav';

type By = SlaReport['by'];

/** How many times were met, and the tickets behind each number. */
export function SlaReportPage() {
  const { t } = useLingui();
  const search = useSearch({ from: '/app/sla/report' });
  const navigate = useNavigate({ from: '/sla/report' });
  const by: By = search.by ?? 'policy';
  const to = search.to ? `${search.to}T23:59:59Z` : undefined;
  const from = search.from ? `${search.from}T00:00:00Z` : undefined;
  const report = useReport({ by, from, to });
  const end = search.to ?? new Date().toISOString().slice(0, 10);
  const backwards = search.from !== undefined && end < search.from;
  const change = (part: Partial<SlaReportSearch>) =>
    void navigate({ search: (now) => ({ ...now, cursor: undefined, ...part }), replace: true });
  return (
    <Page title={t`SLA compliance`} width="wide">
      <SlaNav />
      <Stack>
        <form className={classes.line} onSubmit={(event) => event.preventDefault()}>
          <NativeSelect
            label={t`By`}
            value={by}
            onChange={(event) =>
              change({ by: event.currentTarget.value as By, key: undefined, outcome: undefined })
            }
            data={[
              { value: 'policy', label: t`Policy` },
              { value: 'target', label: t`Target` },
              { value: 'priority', label: t`Priority` },
              { value: 'assignee', label: t`Assignee` },
              { value: 'team', label: t`Team` },
              { value: 'day', label: t`Day` },
            ]}
          />
          <TextInput
            type="date"
            label={t`From`}
            value={search.from ?? ''}
            onChange={(event) => change({ from: event.currentTarget.value || undefined })}
          />
          <TextInput
            type="date"
            label={t`To`}
            value={search.to ?? ''}
            error={backwards && t`It ends before it begins.`}
            onChange={(event) => change({ to: event.currentTarget.value || undefined })}
          />
        </form>
        {!backwards && (
          <Fetched query={report}>
            {(data) =>
              data.rows.length === 0 ? (
                <EmptyState title={t`Nothing was judged in this time`}>
                  <Trans>Times count when they are met, or when they are up.</Trans>
                </EmptyState>
              ) : (
                <Stack>
                  <Total share={data.total} />
                  <Rows
                    by={data.by}
                    rows={data.rows}
                    onChoose={(row, outcome) => change({ key: row.key, outcome })}
                  />
                </Stack>
              )
            }
          </Fetched>
        )}
        {!backwards && search.outcome && <Drill search={search} by={by} from={from} to={to} />}
      </Stack>
    </Page>
  );
}

function percent(value: number | null, locale: string): string {
  if (value === null) return '–';
  return new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 }).format(
    value / 100,
  );
}

function Total({ share }: { share: SlaShare }) {
  const { i18n } = useLingui();
  const { met, breached } = share;
  return (
    <p style={{ margin: 0 }}>
      <span className={classes.big}>{percent(share.percent, i18n.locale)}</span>{' '}
      <Trans>
        in time: {met} met, {breached} breached
      </Trans>
    </p>
  );
}

function useLabel(by: By) {
  const { t, i18n } = useLingui();
  return (row: SlaShare) => {
    switch (by) {
      case 'target':
        return row.key in targets ? i18n._(targets[row.key as keyof typeof targets]) : row.label;
      case 'priority':
        return row.key in priorities
          ? i18n._(priorities[row.key as keyof typeof priorities].label)
          : row.label;
      case 'assignee':
        return row.key === '0' ? t`Unassigned` : row.label;
      case 'team':
        return row.key === '0' ? t`None` : row.label;
      case 'policy':
        return row.label || t`a policy that was deleted`;
      default:
        return row.label;
    }
  };
}

function Rows({
  by,
  rows,
  onChoose,
}: {
  by: By;
  rows: SlaShare[];
  onChoose: (row: SlaShare, outcome: 'met' | 'breached') => void;
}) {
  const { t, i18n } = useLingui();
  const labelOf = useLabel(by);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by key
    <section className={classes.scroll} aria-label={t`Compliance`} tabIndex={0}>
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">
              <Trans>What</Trans>
            </th>
            <th scope="col" className={classes.number}>
              <Trans>In time</Trans>
            </th>
            <th scope="col" className={classes.number}>
              <Trans>Met</Trans>
            </th>
            <th scope="col" className={classes.number}>
              <Trans>Breached</Trans>
            </th>
            <th scope="col" className={classes.number}>
              <Trans>Average working time</Trans>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => {
            const label = labelOf(row);
            const count = (outcome: 'met' | 'breached') => (
              <Button
                size="compact-sm"
                variant="default"
                disabled={row[outcome] === 0}
                aria-label={
                  outcome === 'met'
                    ? t`${label}: show the ${row.met} that were met`
                    : t`${label}: show the ${row.breached} that were breached`
                }
                onClick={() => onChoose(row, outcome)}
              >
                {row[outcome]}
              </Button>
            );
            return (
              <tr key={row.key}>
                <th scope="row">{label}</th>
                <td className={classes.number}>{percent(row.percent, i18n.locale)}</td>
                <td className={classes.number}>{count('met')}</td>
                <td className={classes.number}>{count('breached')}</td>
                <td className={classes.number}>
                  {row.average_seconds === null ? '–' : i18n._(spellHours(row.average_seconds))}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}

/** The tickets behind a number. */
function Drill({
  search,
  by,
  from,
  to,
}: {
  search: SlaReportSearch;
  by: By;
  from?: string;
  to?: string;
}) {
  const { t, i18n } = useLingui();
  const navigate = useNavigate({ from: '/sla/report' });
  const key = search.key ?? '';
  const day = by === 'day' && key;
  const query = useClocks(
    {
      outcome: search.outcome,
      from: day ? `${key}T00:00:00Z` : from,
      to: day ? `${nextDay(key)}T00:00:00Z` : to,
      policy_id: by === 'policy' ? Number(key) : undefined,
      target: by === 'target' ? (key as 'resolution') : undefined,
      priority: by === 'priority' ? (key as 'high') : undefined,
      team_id: by === 'team' ? (key === '0' ? 'none' : key) : undefined,
      assigned_to: by === 'assignee' ? (key === '0' ? 'none' : key) : undefined,
      page_size: 25,
      cursor: search.cursor,
    },
    true,
  );
  const move = (url: string | null) =>
    void navigate({ search: (now) => ({ ...now, cursor: cursorOf(url) }) });
  return (
    <Section title={search.outcome === 'met' ? t`Met` : t`Breached`}>
      <Fetched query={query}>
        {(slice) => (
          <Stack>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by key */}
            <section className={classes.scroll} aria-label={t`Tickets`} tabIndex={0}>
              <table className={classes.table}>
                <thead>
                  <tr>
                    <th scope="col">
                      <Trans>Ticket</Trans>
                    </th>
                    <th scope="col">
                      <Trans>Target</Trans>
                    </th>
                    <th scope="col">
                      <Trans>Result</Trans>
                    </th>
                    <th scope="col" className={classes.number}>
                      <Trans>Took</Trans>
                    </th>
                    <th scope="col" className={classes.number}>
                      <Trans>Allowed</Trans>
                    </th>
                    <th scope="col">
                      <Trans>When</Trans>
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {slice.results.map((row) => (
                    <tr key={`${row.ticket_id} ${row.target} ${row.started_at}`}>
                      <td>
                        <TextLink
                          to="/tickets/$ticketId"
                          params={{ ticketId: String(row.ticket_id) }}
                        >
                          #{row.ticket_id} {row.title ?? t`a ticket that you may not see`}
                        </TextLink>
                      </td>
                      <td>{i18n._(targets[row.target])}</td>
                      <td>
                        <SlaPill state={row.state} />
                      </td>
                      <td className={classes.number}>{i18n._(spellHours(row.elapsed_seconds))}</td>
                      <td className={classes.number}>{i18n._(spellHours(row.goal_seconds))}</td>
                      <td>{exactTime(row.judged_at, i18n.locale)}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </section>
            <div className={classes.line}>
              <Button
                variant="default"
                disabled={!slice.previous}
                onClick={() => move(slice.previous)}
              >
                <Trans>Previous page</Trans>
              </Button>
              <Button variant="default" disabled={!slice.next} onClick={() => move(slice.next)}>
                <Trans>Next page</Trans>
              </Button>
            </div>
          </Stack>
        )}
      </Fetched>
    </Section>
  );
}

function nextDay(day: string): string {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + 1);
  return date.toISOString().slice(0, 10);
}
