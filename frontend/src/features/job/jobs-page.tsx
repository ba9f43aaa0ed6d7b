import { msg } from '@lingui/core/macro';
import { Trans, useLingui } from '@lingui/react/macro';
import { Button, NativeSelect } from '@mantine/core';
import {
  IconAlertTriangle,
  IconCircleCheck,
  IconClock,
  IconPlayerPlay,
  IconRefresh,
} from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { Job } from '@/lib/api';
import { explain } from '@/lib/problem';
import { announce } from '@/lib/status-line';
import { DeleteButton } from '@/ui/delete-button';
import { Page } from '@/ui/page';
import { Pager } from '@/ui/pager';
import { Pill, type PillTone } from '@/ui/pill';
import { RelativeTime } from '@/ui/relative-time';
import { EmptyState, Fetched } from '@/ui/states';
import { useDiscardJob, useJobs, useReplayJob } from './api';
import classes from './jobs-page.module.css';
import { Quarantine } from './quarantine';
import { type JobState, jobStates, jobsPageSize } from './search-params';

const states = {
  dead: { label: msg`Failed`, tone: 'red', icon: IconAlertTriangle },
  ready: { label: msg`Waiting`, tone: 'blue', icon: IconClock },
  running: { label: msg`Running`, tone: 'violet', icon: IconPlayerPlay },
  done: { label: msg`Done`, tone: 'green', icon: IconCircleCheck },
} satisfies Record<JobState, { tone: PillTone; label: unknown; icon: unknown }>;

/** Work of the background that gave up, with a way to try it again. */
export function JobsPage() {
  const { t, i18n } = useLingui();
  const search = useSearch({ from: '/app/jobs' });
  const navigate = useNavigate({ from: '/jobs' });
  const jobs = useJobs(search);
  const state = search.state ?? 'dead';
  return (
    <Page title={t`Jobs`}>
      <div className={classes.filters}>
        <NativeSelect
          label={t`State`}
          value={state}
          onChange={(event) => {
            const next = event.currentTarget.value as JobState;
            void navigate({ search: { state: next === 'dead' ? undefined : next } });
          }}
          data={jobStates.map((value) => ({ value, label: i18n._(states[value].label) }))}
        />
      </div>
      <Fetched query={jobs}>
        {(slice) =>
          slice.results.length === 0 ? (
            <EmptyState title={state === 'dead' ? t`No job has failed` : t`No jobs in this state`}>
              <Trans>Mails and other work in the background appear here when they fail.</Trans>
            </EmptyState>
          ) : (
            <>
              <ul className={classes.list} aria-label={t`Jobs`}>
                {slice.results.map((job) => (
                  <JobRow key={job.id} job={job} />
                ))}
              </ul>
              <Pager
                slice={slice}
                at={search}
                size={jobsPageSize}
                onMove={(to) => void navigate({ search: { state: search.state, ...to } })}
              />
            </>
          )
        }
      </Fetched>
      <Quarantine />
    </Page>
  );
}

function JobRow({ job }: { job: Job }) {
  const { t, i18n } = useLingui();
  const replay = useReplayJob();
  const discard = useDiscardJob();
  const { label, tone, icon: Icon } = states[job.state];
  const { attempt, max_attempts: most } = job;
  return (
    <li className={classes.job}>
      <span className={classes.kind}>
        {job.kind} #{job.id}
        <Pill tone={tone as PillTone} icon={<Icon size={14} />}>
          {i18n._(label)}
        </Pill>
      </span>
      {job.state === 'dead' && (
        <span className={classes.buttons}>
          <Button
            size="xs"
            variant="default"
            leftSection={<IconRefresh size={14} />}
            loading={replay.isPending}
            aria-label={t`Try again: job ${job.id}`}
            onClick={() =>
              replay.mutate(
                { path: { id: job.id } },
                { onSuccess: () => announce(t`Job ${job.id} runs again`) },
              )
            }
          >
            <Trans>Try again</Trans>
          </Button>
          <DeleteButton
            size="xs"
            name={t`job ${job.id}`}
            title={t`Delete this job?`}
            confirm={t`Delete job`}
            onDelete={() =>
              discard.mutateAsync(
                { path: { id: job.id } },
                { onSuccess: () => announce(t`Job ${job.id} is deleted`) },
              )
            }
          >
            <Trans>What it was to do is not done, and cannot be tried again.</Trans>
          </DeleteButton>
        </span>
      )}
      <span className={classes.meta} style={{ gridColumn: '1 / -1' }}>
        <Trans>
          try {attempt} of {most}, created <RelativeTime iso={job.created_at} />
        </Trans>
      </span>
      {job.last_error && <p className={classes.error}>{job.last_error}</p>}
      {!!replay.error && (
        <p className={classes.error} role="alert">
          {explain(replay.error)}
        </p>
      )}
    </li>
  );
}
