import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Group, Select, Stack, Switch, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { FinerPill } from '@/features/ticket';
import {
  createSubstatus,
  deleteSubstatus,
  type ListSubstatusesResponse,
  type Substatus,
  type SubstatusUpdate,
  updateSubstatus,
} from '@/lib/api';
import {
  listSubstatusesOptions,
  listSubstatusesQueryKey,
} from '@/lib/api/@tanstack/react-query.gen';
import { ifMatch } from '@/lib/etag';
import { DeleteButton } from '@/ui/delete-button';
import { Reorder } from '@/ui/reorder';
import { Section } from '@/ui/section';
import { EmptyState, Fetched } from '@/ui/states';
import { TextSetting } from './text-setting';
import { useChanges, useWrite, writeOrder, wrongWith } from './write';

const must = { throwOnError: true } as const;

function useStates() {
  const { t } = useLingui();
  return {
    open: t`Open`,
    in_progress: t`In progress`,
    resolved: t`Resolved`,
    closed: t`Closed`,
  } satisfies Record<Substatus['state'], string>;
}

/** The finer statuses inside the four. */
export function StatusesTab({ typed }: { typed: string }) {
  const { t } = useLingui();
  const all = useQuery(listSubstatusesOptions());
  const states = useStates();
  const add = useWrite();
  const arrange = useWrite();
  const [label, setLabel] = useState('');
  const [state, setState] = useState<Substatus['state']>('in_progress');
  return (
    <Stack>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          add.mutate(() => createSubstatus({ body: { label, state }, ...must }), {
            onSuccess: () => setLabel(''),
          });
        }}
      >
        <Group align="end">
          <TextInput
            label={t`New status`}
            value={label}
            error={wrongWith(add.error)}
            onChange={(event) => setLabel(event.currentTarget.value)}
          />
          <Select
            label={t`Inside of`}
            allowDeselect={false}
            data={Object.entries(states).map(([value, name]) => ({ value, label: name }))}
            value={state}
            onChange={(value) => value && setState(value as Substatus['state'])}
            comboboxProps={{ transitionProps: { duration: 0 } }}
          />
          <Button type="submit" disabled={!label.trim()} loading={add.isPending}>
            <Trans>Add status</Trans>
          </Button>
        </Group>
      </form>
      <Fetched query={all}>
        {({ substatuses }) =>
          substatuses.length === 0 ? (
            <EmptyState title={t`No finer statuses yet`}>
              <Trans>For example “Waiting for requester” inside of “In progress”.</Trans>
            </EmptyState>
          ) : (
            <Reorder
              partial={typed !== ''}
              items={substatuses.filter((one) => one.label.toLocaleLowerCase().includes(typed))}
              keyOf={({ id }) => id}
              nameOf={(one) => one.label}
              groupOf={(one) => one.state}
              onOrder={(order) =>
                arrange.mutate(() =>
                  writeOrder(order, ({ id }, position) =>
                    updateSubstatus({ path: { id }, body: { position }, ...must }),
                  ),
                )
              }
            >
              {(one, buttons) => <Row status={one} state={states[one.state]} buttons={buttons} />}
            </Reorder>
          )
        }
      </Fetched>
    </Stack>
  );
}

function useColours() {
  const { t } = useLingui();
  return [
    { value: '', label: t`As the status` },
    { value: 'blue', label: t`Blue` },
    { value: 'violet', label: t`Violet` },
    { value: 'green', label: t`Green` },
    { value: 'grey', label: t`Grey` },
    { value: 'amber', label: t`Amber` },
    { value: 'red', label: t`Red` },
    { value: 'teal', label: t`Teal` },
  ];
}

interface RowProps {
  status: Substatus;
  state: string;
  buttons: ReactNode;
}

function Row({ status, state, buttons }: RowProps) {
  const colours = useColours();
  const { t } = useLingui();
  const { id, label } = status;
  const options = (now: Substatus) => ({ path: { id }, headers: ifMatch(now), ...must });
  const { shown, change, errors, remove } = useChanges(
    status,
    (client) =>
      client.getQueryData<ListSubstatusesResponse>(listSubstatusesQueryKey())?.substatuses,
    (now, body: SubstatusUpdate) => updateSubstatus({ ...options(now), body }),
  );
  return (
    <Section
      title={label}
      lead={
        <>
          {state} <FinerPill status={status.state} finer={status} />
        </>
      }
      actions={
        <Group gap="xs">
          {buttons}
          <DeleteButton
            name={label}
            title={t`Delete the status ${label}?`}
            confirm={t`Delete status`}
            onDelete={() => remove((now) => deleteSubstatus(options(now)))}
          >
            <Trans>It is gone with its settings. It cannot be undone.</Trans>
          </DeleteButton>
        </Group>
      }
    >
      <Group align="end">
        <TextSetting
          label={t`Name`}
          value={shown.label}
          onSave={(next) => change(() => ({ label: next }))}
        />
        <Select
          label={t`Colour`}
          allowDeselect={false}
          data={colours}
          value={shown.colour}
          renderOption={({ option }) => (
            <FinerPill
              status={status.state}
              finer={{ label: option.label, colour: option.value }}
            />
          )}
          error={errors.colour}
          onChange={(colour) => change(() => ({ colour: colour ?? '' }))}
          comboboxProps={{ transitionProps: { duration: 0 } }}
        />
        <Switch
          label={t`Where tickets begin`}
          checked={shown.is_default}
          error={errors.is_default}
          onChange={({ currentTarget: { checked } }) => change(() => ({ is_default: checked }))}
        />
        <Switch
          label={t`Pauses service times`}
          checked={shown.pauses_sla}
          error={errors.pauses_sla}
          onChange={({ currentTarget: { checked } }) => change(() => ({ pauses_sla: checked }))}
        />
        <Switch
          label={t`In use`}
          checked={shown.active}
          error={errors.active}
          onChange={({ currentTarget: { checked } }) => change(() => ({ active: checked }))}
        />
      </Group>
    </Section>
  );
}
