import { Trans, useLingui } from '@lingui/react/macro';
import { Button, NativeSelect, TextInput } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import type { TimeReportLine } from '@/lib/api';
import { listFieldsOptions, reportTimeOptions } from '@/lib/api/@tanstack/react-query.gen';
import { useCan } from '@/lib/can';
import { download, saveFile } from '@/lib/download';
import { explain } from '@/lib/problem';
import { announce } from '@/lib/status-line';
import { NumberTable } from '@/ui/figure';
import { Page } from '@/ui/page';
import { personName } from '@/ui/person';
import { EmptyState, Fetched, SkeletonRows } from '@/ui/states';
import { daysOf, isRange } from './periods';
import classes from './report-page.module.css';
import { countable } from './split-section';
import { asTimeGroup, type TimeGroup, type TimeSearch } from './time-search';

const hours = (minutes: number) =>
  `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}`;

/** How long was worked: by whom, for which team, on what. */
export function TimeReportPage() {
  const { t } = useLingui();
  const search = useSearch({ from: '/app/reports/time' });
  const may = useCan('ticket.work');
  const group = search.by ?? 'user';
  const { of, only } = search;
  const known = of === 'user' || of === 'team' || of === 'category';
  const query = {
    ...daysOf(search),
    group,
    ...(known && { [`${of}_id`]: only }),
    ...(of && !known && { of, value_id: only }),
  };
  const report = useQuery({
    ...reportTimeOptions({ query }),
    placeholderData: keepPreviousData,
  });
  const save = useMutation({
    mutationFn: async (path: string) => {
      const params = new URLSearchParams(
        Object.entries(query).map(([name, value]) => [name, String(value)]),
      );
      // Single entries know no groups, and only people and tickets as filters.
      if (path === 'export')
        for (const name of ['group', 'team_id', 'category_id']) params.delete(name);
      saveFile(await download(`/api/time_entries/${path}?${params}`));
    },
    onError: (error) => announce(explain(error), 'bad'),
  });
  return (
    <Page
      title={t`Time report`}
      width="wide"
      actions={
        may && (
          <>
            <Button
              variant="default"
              size="compact-md"
              leftSection={<IconDownload size={14} />}
              loading={save.isPending && save.variables === 'report/csv'}
              onClick={() => save.mutate('report/csv')}
            >
              <Trans>This table as CSV</Trans>
            </Button>
            {(!of || of === 'user') && (
              <Button
                variant="default"
                size="compact-md"
                leftSection={<IconDownload size={14} />}
                loading={save.isPending && save.variables === 'export'}
                onClick={() => save.mutate('export')}
              >
                <Trans>Every entry as CSV</Trans>
              </Button>
            )}
          </>
        )
      }
    >
      {may && <Choice key={JSON.stringify(search)} search={search} />}
      <Fetched query={report} skeleton={<SkeletonRows rows={6} height={40} />}>
        {(data) =>
          data.results.length === 0 ? (
            <EmptyState title={t`No time in this period`}>
              <Trans>Write down work beside a ticket, or let the timer do it.</Trans>
            </EmptyState>
          ) : (
            <div aria-busy={report.isPlaceholderData}>
              <p className={classes.note}>
                <Trans>
                  {hours(data.total_minutes)} hours in all, on the tickets that you see. Teams,
                  categories, tags and fields are those that the tickets have now.
                </Trans>
                {data.more && (
                  <>
                    {' '}
                    <Trans>Only the lines of the most time are shown.</Trans>
                  </>
                )}
              </p>
              <TimeTable group={group} lines={data.results} search={search} />
            </div>
          )
        }
      </Fetched>
    </Page>
  );
}

function Choice({ search }: { search: TimeSearch }) {
  const { t } = useLingui();
  const navigate = useNavigate({ from: '/reports/time' });
  const days = daysOf(search);
  const [from, setFrom] = useState(days.from);
  const [to, setTo] = useState(days.to);
  const valid = isRange(from, to);
  const words = useGroupWords();
  return (
    <div className={classes.range}>
      <NativeSelect
        label={t`Added up by`}
        size="xs"
        value={search.by ?? 'user'}
        onChange={(event) =>
          void navigate({ search: { ...search, by: asTimeGroup(event.currentTarget.value) } })
        }
        data={[...words].map(([value, label]) => ({ value, label }))}
      />
      <form
        className={classes.free}
        onSubmit={(event) => {
          event.preventDefault();
          if (valid) void navigate({ search: { ...search, from, to } });
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
      {search.of && (
        <Button
          size="xs"
          variant="default"
          onClick={() =>
            void navigate({
              search: { ...search, of: undefined, only: undefined, name: undefined },
            })
          }
        >
          <Trans>Only {search.name ?? search.only}: show all</Trans>
        </Button>
      )}
    </div>
  );
}

/** What times can be added up by, and how it is called. */
function useGroupWords(): Map<TimeGroup, string> {
  const { t } = useLingui();
  const fields = useQuery(listFieldsOptions()).data?.fields ?? [];
  return new Map<TimeGroup, string>([
    ['user', t`Person`],
    ['team', t`Team`],
    ['category', t`Category`],
    ['tag', t`Tag`],
    ['ticket', t`Ticket`],
    ...fields
      .filter(({ kind }) => countable.includes(kind))
      .map(({ slug, name }) => [`cf.${slug}`, name] as const),
  ]);
}

interface TableProps {
  group: TimeGroup;
  lines: TimeReportLine[];
  search: TimeSearch;
}

function TimeTable({ group, lines, search }: TableProps) {
  const { t } = useLingui();
  const words = useGroupWords();
  const nones: Partial<Record<TimeGroup, string>> = {
    team: t`No team`,
    category: t`No category`,
    tag: t`No tag`,
  };
  const none = nones[group] ?? t`Without`;
  const fields = useQuery(listFieldsOptions()).data?.fields ?? [];
  const checkbox = fields.some(({ slug, kind }) => group === `cf.${slug}` && kind === 'checkbox');
  const nameOf = (line: TimeReportLine) => {
    if (group === 'ticket') return `#${line.id} ${line.label}`;
    if (checkbox) return line.id === null ? t`No` : t`Yes`;
    return line.user ? personName(line.user) : line.label || none;
  };
  return (
    <NumberTable<TimeReportLine>
      label={t`Time`}
      rows={lines}
      keyOf={({ id }) => String(id)}
      columns={[
        {
          key: 'name',
          title: words.get(group) ?? group,
          cell: (line) =>
            group === 'ticket' ? (
              <Link to="/tickets/$ticketId" params={{ ticketId: String(line.id) }}>
                <bdi>{nameOf(line)}</bdi>
              </Link>
            ) : (
              <Link
                to="/reports/time"
                search={{
                  ...search,
                  by: 'ticket',
                  of: group,
                  only: String(line.id ?? 'none'),
                  name: nameOf(line),
                }}
              >
                <bdi>{nameOf(line)}</bdi>
              </Link>
            ),
        },
        { key: 'time', title: t`Hours`, cell: (line) => hours(line.minutes) },
        { key: 'entries', title: t`Entries`, cell: (line) => line.entries },
        { key: 'tickets', title: t`Tickets`, cell: (line) => line.tickets },
      ]}
    />
  );
}
