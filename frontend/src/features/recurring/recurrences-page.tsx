import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Switch } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import {
  deleteRecurrence,
  type Recurrence,
  restoreRecurrence,
  runRecurrence,
  updateRecurrence,
} from '@/lib/api';
import { listRecurrencesOptions } from '@/lib/api/@tanstack/react-query.gen';
import { ifMatch } from '@/lib/etag';
import { explain, fieldErrors } from '@/lib/problem';
import { invalidate } from '@/lib/query';
import { announce } from '@/lib/status-line';
import { offerUndo } from '@/lib/undo';
import { Page } from '@/ui/page';
import { RelativeTime } from '@/ui/relative-time';
import { EmptyState, Fetched } from '@/ui/states';
import { TextLink } from '@/ui/text-link';
import { RecurrenceForm } from './recurrence-form';
import classes from './recurring.module.css';
import { useSaid } from './words';

const must = { throwOnError: true } as const;

/** The tickets that the desk opens by itself, again and again. */
export function RecurrencesPage() {
  const { t } = useLingui();
  const query = useQuery(listRecurrencesOptions());
  const [open, setOpen] = useState<Recurrence | 'new' | null>(null);
  return (
    <Page
      title={t`Recurring tickets`}
      actions={
        <Button leftSection={<IconPlus size={16} />} onClick={() => setOpen('new')}>
          <Trans>New recurring ticket</Trans>
        </Button>
      }
    >
      <Fetched query={query}>
        {({ results }) =>
          results.length === 0 ? (
            <EmptyState title={t`No recurring tickets yet`}>
              <Trans>
                What has to be done every week or every month, such as testing the backup, opens its
                ticket by itself.
              </Trans>
            </EmptyState>
          ) : (
            <ul className={classes.list}>
              {results.map((one) => (
                <Row key={one.id} recurrence={one} onOpen={() => setOpen(one)} />
              ))}
            </ul>
          )
        }
      </Fetched>
      {open && (
        <RecurrenceForm
          recurrence={open === 'new' ? undefined : open}
          onClose={() => setOpen(null)}
        />
      )}
    </Page>
  );
}

function Row({ recurrence, onOpen }: { recurrence: Recurrence; onOpen: () => void }) {
  const { t } = useLingui();
  const said = useSaid();
  const client = useQueryClient();
  const { name, enabled, problem, next_run_at: next, last_ticket_id: last } = recurrence;
  const path = { id: recurrence.id };
  const write = useMutation({
    mutationFn: (run: () => Promise<unknown>) => run(),
    onError: (error) => announce(Object.values(fieldErrors(error))[0] ?? explain(error), 'bad'),
    onSettled: () => invalidate(client, 'listRecurrences'),
  });
  const remove = () =>
    write.mutate(async () => {
      await deleteRecurrence({ path, headers: ifMatch(recurrence), ...must });
      offerUndo({
        message: t`“${name}” deleted`,
        undo: () => write.mutateAsync(() => restoreRecurrence({ path, ...must })),
      });
    });
  const runNow = () =>
    write.mutate(async () => {
      const { data } = await runRecurrence({ path, ...must });
      const id = data.ticket_id;
      announce(t`Ticket #${id} created`);
    });
  return (
    <li className={classes.row}>
      <div className={classes.main}>
        <b>{name}</b>
        <p>
          {said(recurrence.rule, recurrence.start)}, {recurrence.start.slice(11)} ({recurrence.zone}
          )
        </p>
        <p>
          {next ? (
            <Trans>
              Next: <RelativeTime ahead iso={next} />
            </Trans>
          ) : enabled ? (
            <Trans>No more dates</Trans>
          ) : (
            <Trans>Switched off</Trans>
          )}
          {last && (
            <>
              {' · '}
              <Trans>
                last ticket{' '}
                <TextLink to="/tickets/$ticketId" params={{ ticketId: String(last) }}>
                  #{last}
                </TextLink>
              </Trans>
            </>
          )}
        </p>
        {problem && (
          <p className={classes.problem}>
            <Trans>Could not be opened, and is tried again: {problem}</Trans>
          </p>
        )}
      </div>
      <Switch
        checked={enabled}
        aria-label={t`Use ${name}`}
        onChange={(event) => {
          const body = { enabled: event.currentTarget.checked };
          write.mutate(() =>
            updateRecurrence({ path, body, headers: ifMatch(recurrence), ...must }),
          );
        }}
      />
      <Button
        size="compact-sm"
        variant="default"
        aria-label={t`Run now: ${name}`}
        loading={write.isPending}
        onClick={runNow}
      >
        <Trans>Run now</Trans>
      </Button>
      <Button size="compact-sm" variant="default" aria-label={t`Change ${name}`} onClick={onOpen}>
        <Trans>Change</Trans>
      </Button>
      <Button size="compact-sm" variant="default" aria-label={t`Delete ${name}`} onClick={remove}>
        <Trans>Delete</Trans>
      </Button>
    </li>
  );
}
