import '@mantine/core/styles/NumberInput.css';
import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Group, NativeSelect, NumberInput, Stack, Switch, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { ConditionBuilder } from '@/features/rule';
import { useTeams } from '@/features/team';
import {
  createRoutingQueue,
  getRoutingQueue,
  type RoutingQueue,
  updateRoutingQueue,
} from '@/lib/api';
import { ifMatch } from '@/lib/etag';
import { useErrorFocus } from '@/lib/forms';
import { useOverwrite } from '@/lib/overwrite';
import { fieldErrors } from '@/lib/problem';
import { invalidate } from '@/lib/query';
import { announce } from '@/lib/status-line';
import { Dialog } from '@/ui/dialog';
import { FormError } from '@/ui/form-error';
import { strategyWords } from './words';

const must = { throwOnError: true } as const;

/** Makes a queue, or changes the one that is given. */
export function QueueForm({ queue, onClose }: { queue?: RoutingQueue; onClose: () => void }) {
  const { t, i18n } = useLingui();
  const client = useQueryClient();
  const teams = useTeams().data?.results.filter((team) => team.is_active) ?? [];
  const [name, setName] = useState(queue?.name ?? '');
  const [team, setTeam] = useState(queue ? String(queue.team.id) : '');
  const [strategy, setStrategy] = useState<RoutingQueue['strategy']>(
    queue?.strategy ?? 'round_robin',
  );
  const [condition, setCondition] = useState(queue?.condition ?? '');
  const [sticky, setSticky] = useState(queue?.sticky ?? false);
  const [capacity, setCapacity] = useState<number | string>(queue?.capacity ?? 10);
  const overwrite = useOverwrite(
    queue,
    async () => queue && (await getRoutingQueue({ path: { id: queue.id }, ...must })).data,
  );
  const save = useMutation({
    mutationFn: () => {
      const body = {
        name,
        ...(team ? { team_id: Number(team) } : {}),
        strategy,
        condition,
        sticky,
        capacity: Number(capacity) || 0,
      };
      return overwrite<unknown>((base) =>
        base
          ? updateRoutingQueue({ path: { id: base.id }, body, headers: ifMatch(base), ...must })
          : createRoutingQueue({ body: body as typeof body & { team_id: number }, ...must }),
      );
    },
    onSuccess: () => {
      announce(t`Queue saved`);
      onClose();
    },
    onSettled: () => invalidate(client, 'listRoutingQueues'),
  });
  useErrorFocus(save.error);
  const errors = fieldErrors(save.error);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <Dialog title={queue ? t`Change queue` : t`New queue`} size="xl" keep onClose={onClose}>
      <form noValidate onSubmit={submit}>
        <Stack>
          <FormError
            overwrites
            error={save.error}
            shown={['name', 'team_id', 'condition', 'capacity', 'strategy']}
          />
          <TextInput
            label={t`Name`}
            required
            data-autofocus
            value={name}
            error={errors.name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <NativeSelect
            label={t`Team`}
            description={t`One of its members gets the ticket.`}
            required
            value={team}
            error={errors.team_id}
            data={[
              { value: '', label: t`Choose a team` },
              ...teams.map(({ id, name: label }) => ({ value: String(id), label })),
            ]}
            onChange={(event) => setTeam(event.currentTarget.value)}
          />
          <NativeSelect
            label={t`How somebody is chosen`}
            value={strategy}
            error={errors.strategy}
            data={Object.entries(strategyWords).map(([value, words]) => ({
              value,
              label: i18n._(words),
            }))}
            onChange={(event) => setStrategy(event.currentTarget.value as RoutingQueue['strategy'])}
          />
          <Switch
            label={t`First to who had the requester's last ticket, when they are free`}
            checked={sticky}
            onChange={(event) => setSticky(event.currentTarget.checked)}
          />
          <NumberInput
            label={t`Open tickets that a member may have`}
            description={t`For members without a limit of their own.`}
            min={1}
            max={1000}
            allowDecimal={false}
            value={capacity}
            error={errors.capacity}
            onChange={setCapacity}
          />
          <p>
            <Trans>
              Without a condition, the queue takes all tickets of its team. With one, it takes those
              that fit, also of no team: these are given to the team.
            </Trans>
          </p>
          <ConditionBuilder q={condition} error={errors.condition} onChange={setCondition} />
          <Group>
            <Button type="submit" loading={save.isPending}>
              <Trans>Save queue</Trans>
            </Button>
            <Button variant="default" onClick={onClose}>
              <Trans>Cancel</Trans>
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
