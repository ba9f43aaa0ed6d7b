import '@mantine/core/styles/NumberInput.css';
import '@mantine/core/styles/Checkbox.css';
import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Checkbox, Group, NativeSelect, NumberInput, Stack, Switch } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type RoutingAgent, type RoutingQueue, updateRoutingAgent } from '@/lib/api';
import {
  listCalendarsOptions,
  listRoutingAgentsOptions,
  listRoutingSkillsOptions,
} from '@/lib/api/@tanstack/react-query.gen';
import { ifMatch } from '@/lib/etag';
import { fieldErrors } from '@/lib/problem';
import { invalidate } from '@/lib/query';
import { announce } from '@/lib/status-line';
import { Dialog } from '@/ui/dialog';
import { FormError } from '@/ui/form-error';
import { personName } from '@/ui/person';
import { Fetched } from '@/ui/states';
import classes from './routing.module.css';

/** The members of a queue's team: what they are able to, and whether they are there. */
export function MembersDialog({ queue, onClose }: { queue: RoutingQueue; onClose: () => void }) {
  const { t } = useLingui();
  const [open, setOpen] = useState<number | null>(null);
  const agents = useQuery({
    ...listRoutingAgentsOptions({ query: { team: queue.team.id } }),
    staleTime: 0,
  });
  const team = queue.team.name;
  return (
    <Dialog title={t`Members of ${team}`} size="xl" onClose={onClose}>
      <Fetched query={agents}>
        {({ results }) => (
          <Stack>
            {results.length === 0 && (
              <p>
                <Trans>The team has no members.</Trans>
              </p>
            )}
            {results.map((agent) =>
              open === agent.user.id ? (
                <AgentForm
                  key={agent.user.id}
                  agent={agent}
                  usual={queue.capacity}
                  onClose={() => setOpen(null)}
                />
              ) : (
                <AgentLine
                  key={agent.user.id}
                  agent={agent}
                  usual={queue.capacity}
                  onOpen={() => setOpen(agent.user.id)}
                />
              ),
            )}
          </Stack>
        )}
      </Fetched>
    </Dialog>
  );
}

interface LineProps {
  agent: RoutingAgent;
  usual: number;
  onOpen: () => void;
}

function AgentLine({ agent, usual, onOpen }: LineProps) {
  const { t } = useLingui();
  const name = personName(agent.user);
  const open = agent.open_tickets;
  const capacity = agent.capacity ?? usual;
  const state = agent.away ? t`away` : agent.at_work ? t`there` : t`not at work at this time`;
  const skills = agent.skills.join(', ');
  return (
    <Group justify="space-between" align="flex-start">
      <div className={classes.main}>
        <b>{name}</b>
        <p>
          <Trans>
            {state}, {open} of {capacity} open tickets
          </Trans>
          {skills && (
            <>
              {' · '}
              {skills}
            </>
          )}
        </p>
      </div>
      <Button size="compact-sm" variant="default" aria-label={t`Change ${name}`} onClick={onOpen}>
        <Trans>Change</Trans>
      </Button>
    </Group>
  );
}

interface FormProps {
  agent: RoutingAgent;
  usual: number;
  onClose: () => void;
}

function AgentForm({ agent, usual, onClose }: FormProps) {
  const { t } = useLingui();
  const client = useQueryClient();
  const calendars = useQuery(listCalendarsOptions({ query: { page_size: 100 } })).data?.results;
  const known = useQuery(listRoutingSkillsOptions()).data?.skills ?? [];
  const [capacity, setCapacity] = useState<number | string>(agent.capacity ?? '');
  const [calendar, setCalendar] = useState(agent.calendar_id ? String(agent.calendar_id) : '');
  const [skills, setSkills] = useState(agent.skills);
  const [away, setAway] = useState(agent.away);
  const save = useMutation({
    mutationFn: async () =>
      (
        await updateRoutingAgent({
          path: { id: agent.user.id },
          body: {
            capacity: capacity === '' ? null : Number(capacity),
            calendar_id: calendar ? Number(calendar) : null,
            skills,
            ...(away === agent.away ? {} : { away }),
          },
          headers: agent.version ? ifMatch(agent) : {},
          throwOnError: true,
        })
      ).data,
    onSuccess: () => {
      announce(t`Saved`);
      onClose();
    },
    onSettled: () => invalidate(client, 'listRoutingAgents', 'getAvailability'),
  });
  const errors = fieldErrors(save.error);
  return (
    <fieldset>
      <legend>{personName(agent.user)}</legend>
      <Stack>
        <FormError error={save.error} shown={['capacity', 'calendar_id', 'skills']} />
        <NumberInput
          label={t`Open tickets that they may have`}
          description={t`Empty for what the queue says: ${usual}.`}
          min={0}
          max={1000}
          allowDecimal={false}
          value={capacity}
          error={errors.capacity}
          onChange={setCapacity}
        />
        <NativeSelect
          label={t`Working hours`}
          value={calendar}
          error={errors.calendar_id}
          data={[
            { value: '', label: t`At any time` },
            ...(calendars ?? []).map(({ id, name }) => ({ value: String(id), label: name })),
          ]}
          onChange={(event) => setCalendar(event.currentTarget.value)}
        />
        <Checkbox.Group label={t`Skills`} value={skills} error={errors.skills} onChange={setSkills}>
          <Stack gap={4}>
            {known.map(({ tag }) => (
              <Checkbox key={tag} value={tag} label={tag} />
            ))}
            {known.length === 0 && (
              <p>
                <Trans>There are no skills yet.</Trans>
              </p>
            )}
          </Stack>
        </Checkbox.Group>
        <Switch
          label={t`Away: gets no tickets`}
          checked={away}
          onChange={(event) => setAway(event.currentTarget.checked)}
        />
        <Group>
          <Button loading={save.isPending} onClick={() => save.mutate()}>
            <Trans>Save</Trans>
          </Button>
          <Button variant="default" onClick={onClose}>
            <Trans>Cancel</Trans>
          </Button>
        </Group>
      </Stack>
    </fieldset>
  );
}
