import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Switch } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import {
  deleteRoutingQueue,
  type RoutingQueue,
  reorderRoutingQueues,
  updateRoutingQueue,
} from '@/lib/api';
import { listRoutingQueuesOptions } from '@/lib/api/@tanstack/react-query.gen';
import { ifMatch } from '@/lib/etag';
import { explain, fieldErrors } from '@/lib/problem';
import { invalidate } from '@/lib/query';
import { announce } from '@/lib/status-line';
import { ArrangeList } from '@/ui/arrange-list';
import { ConfirmDialog } from '@/ui/confirm-dialog';
import { Page } from '@/ui/page';
import { EmptyState, Fetched } from '@/ui/states';
import { MembersDialog } from './members-dialog';
import { QueueForm } from './queue-form';
import classes from './routing.module.css';
import { Simulation } from './simulation';
import { SkillsDialog } from './skills-dialog';
import { strategyWords } from './words';

const must = { throwOnError: true } as const;

/** Which tickets go to which team by themselves, and who of it gets them. */
export function RoutingPage() {
  const { t, i18n } = useLingui();
  const client = useQueryClient();
  const query = useQuery({ ...listRoutingQueuesOptions(), staleTime: 0 });
  const [open, setOpen] = useState<RoutingQueue | 'new' | null>(null);
  const [members, setMembers] = useState<RoutingQueue | null>(null);
  const [skills, setSkills] = useState(false);
  const [gone, setGone] = useState<RoutingQueue | null>(null);
  const write = useMutation({
    mutationFn: (run: () => Promise<unknown>) => run(),
    onError: (error) => announce(Object.values(fieldErrors(error))[0] ?? explain(error), 'bad'),
    onSettled: () => invalidate(client, 'listRoutingQueues'),
  });
  return (
    <Page
      title={t`Routing`}
      actions={
        <>
          <Button variant="default" onClick={() => setSkills(true)}>
            <Trans>Skills</Trans>
          </Button>
          <Button leftSection={<IconPlus size={16} />} onClick={() => setOpen('new')}>
            <Trans>New queue</Trans>
          </Button>
        </>
      }
    >
      <Fetched query={query}>
        {({ results }) =>
          results.length === 0 ? (
            <EmptyState title={t`No queues yet`}>
              <Trans>
                A queue gives the tickets of a team that nobody has to one of its members: by turns,
                to who has the fewest, or to who is able.
              </Trans>
            </EmptyState>
          ) : (
            <>
              <ArrangeList
                items={results}
                keyOf={({ id }) => id}
                nameOf={({ name }) => name}
                hint={t`A ticket goes to the first queue that takes it. Drag them, or use Alt and the arrow keys.`}
                onMove={(queue, to) => {
                  const ids = results.map(({ id }) => id).filter((id) => id !== queue.id);
                  ids.splice(to, 0, queue.id);
                  write.mutate(() => reorderRoutingQueues({ body: { ids }, ...must }));
                }}
                actions={(queue) => {
                  const { name } = queue;
                  return (
                    <>
                      <Switch
                        checked={queue.enabled}
                        aria-label={t`Use ${name}`}
                        onChange={(event) => {
                          const body = { enabled: event.currentTarget.checked };
                          const path = { id: queue.id };
                          write.mutate(() =>
                            updateRoutingQueue({ path, body, headers: ifMatch(queue), ...must }),
                          );
                        }}
                      />
                      <Button
                        size="compact-sm"
                        variant="default"
                        aria-label={t`Members of ${name}`}
                        onClick={() => setMembers(queue)}
                      >
                        <Trans>Members</Trans>
                      </Button>
                      <Button
                        size="compact-sm"
                        variant="default"
                        aria-label={t`Change ${name}`}
                        onClick={() => setOpen(queue)}
                      >
                        <Trans>Change</Trans>
                      </Button>
                      <Button
                        size="compact-sm"
                        variant="default"
                        aria-label={t`Delete ${name}`}
                        onClick={() => setGone(queue)}
                      >
                        <Trans>Delete</Trans>
                      </Button>
                    </>
                  );
                }}
              >
                {(queue) => {
                  const { waiting } = queue;
                  const how = i18n._(strategyWords[queue.strategy]);
                  return (
                    <div className={classes.main}>
                      <b>{queue.name}</b>
                      <p>
                        {queue.condition || t`Every ticket of the team`} → {queue.team.name}
                      </p>
                      <p>
                        {how}
                        {waiting > 0 && (
                          <>
                            {' · '}
                            <Trans>{waiting} tickets wait</Trans>
                          </>
                        )}
                      </p>
                      {queue.problem && (
                        <p className={classes.problem}>
                          <Trans>Takes nothing: {queue.problem}</Trans>
                        </p>
                      )}
                    </div>
                  );
                }}
              </ArrangeList>
              <Simulation queues={results} />
            </>
          )
        }
      </Fetched>
      {open && (
        <QueueForm queue={open === 'new' ? undefined : open} onClose={() => setOpen(null)} />
      )}
      {members && <MembersDialog queue={members} onClose={() => setMembers(null)} />}
      {skills && <SkillsDialog onClose={() => setSkills(false)} />}
      {gone && (
        <ConfirmDialog
          title={t`Delete this queue?`}
          confirm={t`Delete queue`}
          busy={false}
          error={null}
          onClose={() => setGone(null)}
          onConfirm={() => {
            const path = { id: gone.id };
            write.mutate(() => deleteRoutingQueue({ path, headers: ifMatch(gone), ...must }));
            setGone(null);
          }}
        >
          <Trans>Its tickets stay with whom they are. What waits in it waits no longer.</Trans>
        </ConfirmDialog>
      )}
    </Page>
  );
}
