import '@mantine/core/styles/NumberInput.css';
import '@mantine/core/styles/Pill.css';
import '@mantine/core/styles/PillsInput.css';
import { Trans, useLingui } from '@lingui/react/macro';
import {
  Alert,
  Button,
  MultiSelect,
  NativeSelect,
  NumberInput,
  Stack,
  Switch,
} from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { targets } from '@/features/ticket';
import type { SlaStep, SlaStepInput } from '@/lib/api';
import { personName } from '@/ui/person';
import { Section } from '@/ui/section';
import { useStaff } from './api';
import classes from './sla.module.css';

/** A step as the form holds it: minutes before, at or after the time is up. */
export interface StepValues {
  key: string;
  id: string;
  target: SlaStep['target'];
  minutes: number | string;
  side: 'before' | 'after';
  notify_assignee: boolean;
  notify_user_ids: number[];
  assign_to: string;
  raise_priority: boolean;
}

export function stepValues(step: SlaStep): StepValues {
  return {
    ...step,
    key: step.id,
    minutes: Math.abs(step.offset_seconds) / 60,
    side: step.offset_seconds < 0 ? 'before' : 'after',
    assign_to: step.assign_to ? String(step.assign_to) : '',
  };
}

export function stepOf(step: StepValues): SlaStepInput {
  const seconds = Math.round(Number(step.minutes || 0) * 60);
  return {
    ...(step.id ? { id: step.id } : {}),
    target: step.target,
    offset_seconds: step.side === 'before' ? -seconds : seconds,
    notify_assignee: step.notify_assignee,
    notify_user_ids: step.notify_user_ids,
    assign_to: step.assign_to ? Number(step.assign_to) : null,
    raise_priority: step.raise_priority,
  };
}

let made = 0;

/** What happens before and after a time is up. */
export function Steps({
  steps,
  error,
  onChange,
}: {
  steps: StepValues[];
  error?: string;
  onChange: (steps: StepValues[]) => void;
}) {
  const { t, i18n } = useLingui();
  const staff = useStaff();
  const known = (staff.data?.results ?? []).map((p) => ({
    value: String(p.id),
    label: personName(p),
  }));
  /** Who may be chosen, and who was and has left since. */
  const people = (chosen: string[]) => [
    ...known,
    ...chosen
      .filter((id) => id && !known.some(({ value }) => value === id))
      .map((id) => ({ value: id, label: staff.data ? t`Somebody who left (${id})` : '…' })),
  ];
  const change = (at: number, part: Partial<StepValues>) =>
    onChange(steps.map((step, i) => (i === at ? { ...step, ...part } : step)));
  const add = () => {
    made += 1;
    onChange([
      ...steps,
      {
        key: `new${made}`,
        id: '',
        target: 'resolution',
        minutes: 30,
        side: 'before',
        notify_assignee: true,
        notify_user_ids: [],
        assign_to: '',
        raise_priority: false,
      },
    ]);
  };
  return (
    <Section
      title={t`Before and after the time is up`}
      lead={
        <Trans>Each step happens once for each ticket, so much working time before or after.</Trans>
      }
    >
      <Stack>
        {error && (
          <Alert color="red" role="alert">
            {error}
          </Alert>
        )}
        {steps.map((step, at) => {
          const number = at + 1;
          return (
            <fieldset key={step.key} className={classes.item} aria-label={t`Step ${number}`}>
              <NumberInput
                label={t`Minutes`}
                min={0}
                allowDecimal={false}
                value={step.minutes}
                onChange={(minutes) => change(at, { minutes })}
                className={classes.clock}
              />
              <NativeSelect
                label={t`When`}
                value={step.side}
                onChange={(event) =>
                  change(at, { side: event.currentTarget.value as StepValues['side'] })
                }
                data={[
                  { value: 'before', label: t`before` },
                  { value: 'after', label: t`after` },
                ]}
              />
              <NativeSelect
                label={t`The time for`}
                value={step.target}
                onChange={(event) =>
                  change(at, { target: event.currentTarget.value as StepValues['target'] })
                }
                data={(['first_response', 'next_response', 'resolution'] as const).map((value) => ({
                  value,
                  label: i18n._(targets[value]),
                }))}
              />
              <MultiSelect
                label={t`Notify also`}
                placeholder={step.notify_user_ids.length ? undefined : t`Nobody`}
                searchable
                maxValues={20}
                value={step.notify_user_ids.map(String)}
                onChange={(ids) => change(at, { notify_user_ids: ids.map(Number) })}
                data={people(step.notify_user_ids.map(String))}
                comboboxProps={{ transitionProps: { duration: 0 } }}
              />
              <NativeSelect
                label={t`Assign to`}
                value={step.assign_to}
                onChange={(event) => change(at, { assign_to: event.currentTarget.value })}
                data={[{ value: '', label: t`Leave as it is` }, ...people([step.assign_to])]}
              />
              <Switch
                label={t`Notify the assignee`}
                checked={step.notify_assignee}
                onChange={(event) => change(at, { notify_assignee: event.currentTarget.checked })}
              />
              <Switch
                label={t`Raise the priority`}
                checked={step.raise_priority}
                onChange={(event) => change(at, { raise_priority: event.currentTarget.checked })}
              />
              <Button
                variant="subtle"
                color="red"
                leftSection={<IconTrash size={16} />}
                onClick={() => onChange(steps.filter((_, i) => i !== at))}
              >
                <Trans>Remove step {number}</Trans>
              </Button>
            </fieldset>
          );
        })}
        <div>
          <Button variant="default" leftSection={<IconPlus size={16} />} onClick={add}>
            <Trans>Add a step</Trans>
          </Button>
        </div>
      </Stack>
    </Section>
  );
}
