import '@mantine/core/styles/NumberInput.css';
import { Trans, useLingui } from '@lingui/react/macro';
import {
  Alert,
  Button,
  Group,
  NativeSelect,
  NumberInput,
  Stack,
  Switch,
  TextInput,
} from '@mantine/core';
import { useForm } from '@mantine/form';
import { useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { ConditionBuilder } from '@/features/rule';
import { targets } from '@/features/ticket';
import type { SlaPolicy, SlaPolicyCreate } from '@/lib/api';
import { useCan } from '@/lib/can';
import { focusFirstError, showServerErrors } from '@/lib/forms';
import { ApiError, asApiError } from '@/lib/problem';
import { announce } from '@/lib/status-line';
import { ConfirmDialog } from '@/ui/confirm-dialog';
import { FormError } from '@/ui/form-error';
import { LinkButton } from '@/ui/link-button';
import { Page } from '@/ui/page';
import { Section } from '@/ui/section';
import { ErrorState, Fetched } from '@/ui/states';
import { useCalendars, useDeletePolicy, usePolicy, useSavePolicy } from './api';
import classes from './sla.module.css';
import { Steps, type StepValues, stepOf, stepValues } from './steps';

const keys = ['first_response', 'next_response', 'resolution'] as const;

/** The longest time that the server takes: 400 days, in minutes. */
const longest = 400 * 24 * 60;

interface Values extends Record<string, unknown> {
  name: string;
  condition: string;
  calendar_id: string;
  /** In minutes; the names are those of the API, which names them where they are wrong. */
  targets: Record<(typeof keys)[number], number | string>;
  pause_while_waiting: boolean;
  at_risk_percent: number | string;
  steps: StepValues[];
}

export function NewPolicyPage() {
  return <PolicyForm />;
}

export function PolicyPage() {
  const { policyId } = useParams({ from: '/app/sla/$policyId' });
  const id = Number(policyId);
  if (!Number.isSafeInteger(id) || id < 1) return <ErrorState whole error={new ApiError(404)} />;
  return <LoadedPolicy id={id} />;
}

function LoadedPolicy({ id }: { id: number }) {
  const query = usePolicy(id);
  return (
    <Fetched whole query={query}>
      {(policy) => <PolicyForm key={policy.id} policy={policy} />}
    </Fetched>
  );
}

function valuesOf(policy?: SlaPolicy): Values {
  const minutes = (seconds: number | null | undefined) => (seconds ? seconds / 60 : '');
  return {
    name: policy?.name ?? '',
    condition: policy?.condition ?? '',
    calendar_id: policy?.calendar_id ? String(policy.calendar_id) : '',
    targets: {
      first_response: minutes(policy?.targets.first_response),
      next_response: minutes(policy?.targets.next_response),
      resolution: minutes(policy?.targets.resolution),
    },
    pause_while_waiting: policy?.pause_while_waiting ?? true,
    at_risk_percent: policy?.at_risk_percent ?? 80,
    steps: policy?.steps.map(stepValues) ?? [],
  };
}

function bodyOf(values: Values): SlaPolicyCreate {
  const seconds = (minutes: number | string) =>
    minutes === '' ? null : Math.round(Number(minutes) * 60);
  return {
    name: values.name,
    condition: values.condition,
    calendar_id: values.calendar_id ? Number(values.calendar_id) : null,
    targets: {
      first_response: seconds(values.targets.first_response),
      next_response: seconds(values.targets.next_response),
      resolution: seconds(values.targets.resolution),
    },
    pause_while_waiting: values.pause_while_waiting,
    at_risk_percent: Number(values.at_risk_percent) || 80,
    steps: values.steps.map(stepOf),
  };
}

function PolicyForm({ policy }: { policy?: SlaPolicy }) {
  const { t, i18n } = useLingui();
  const navigate = useNavigate();
  const manage = useCan('sla.manage');
  const calendars = useCalendars();
  const save = useSavePolicy();
  const remove = useDeletePolicy();
  const [base, setBase] = useState(policy);
  const [asking, setAsking] = useState(false);
  const wrongTime = t`Enter 1 to ${i18n.number(longest)} minutes, or nothing.`;
  const inTime = (minutes: number | string) =>
    minutes === '' || (Number(minutes) >= 1 && Number(minutes) <= longest);
  const form = useForm<Values>({
    initialValues: valuesOf(policy),
    validate: {
      name: (value) => (value.trim() ? null : t`Enter a name.`),
      targets: {
        first_response: (value) => (inTime(value) ? null : wrongTime),
        next_response: (value) => (inTime(value) ? null : wrongTime),
        resolution: (value, values) => {
          if (!inTime(value)) return wrongTime;
          const some = keys.some((key) => values.targets[key] !== '');
          return some ? null : t`Enter a time for at least one target.`;
        },
      },
    },
  });
  const stale = !!save.error && asApiError(save.error).status === 412;
  const submit = form.onSubmit((values) => {
    save.mutate(
      { base: stale ? policy : base, body: bodyOf(values) },
      {
        onSuccess: (saved) => {
          announce(t`Policy saved`);
          if (!policy) void navigate({ to: '/sla' });
          setBase(saved);
          form.setInitialValues(valuesOf(saved));
          form.setValues(valuesOf(saved));
          form.resetDirty(valuesOf(saved));
        },
        onError: (error) => showServerErrors(form, error),
      },
    );
  }, focusFirstError);
  const shown = [
    'name',
    'condition',
    'calendar_id',
    'at_risk_percent',
    ...keys.map((key) => `targets.${key}`),
  ];
  return (
    <Page title={policy ? policy.name : t`New SLA policy`}>
      <form noValidate onSubmit={submit}>
        <fieldset disabled={!manage} style={{ border: 0, margin: 0, padding: 0, minInlineSize: 0 }}>
          <Stack>
            {stale ? (
              <Alert color="orange" role="alert">
                <Trans>
                  This policy was changed in the meantime. Save again to apply your changes to it.
                </Trans>
              </Alert>
            ) : (
              <FormError error={save.error} shown={shown} />
            )}
            <Section title={t`For which tickets`}>
              <Stack>
                <TextInput label={t`Name`} required {...form.getInputProps('name')} />
                <ConditionBuilder
                  q={form.values.condition}
                  error={form.errors.condition}
                  onChange={(q) => form.setFieldValue('condition', q)}
                />
              </Stack>
            </Section>
            <Section
              title={t`How soon`}
              lead={<Trans>In minutes of working time. Leave a time empty to have none.</Trans>}
            >
              <Stack>
                <div className={classes.line}>
                  {keys.map((key) => (
                    <NumberInput
                      key={key}
                      label={i18n._(targets[key])}
                      suffix={` ${t`min`}`}
                      min={1}
                      allowDecimal={false}
                      step={15}
                      {...form.getInputProps(`targets.${key}`)}
                    />
                  ))}
                </div>
                <NativeSelect
                  label={t`Working hours`}
                  data={[
                    { value: '', label: t`Around the clock` },
                    ...(calendars.data?.results ?? []).map((c) => ({
                      value: String(c.id),
                      label: `${c.name} (${c.zone})`,
                    })),
                  ]}
                  {...form.getInputProps('calendar_id')}
                />
                <Switch
                  label={t`The time for the resolution stands still while the ticket waits for its requester`}
                  {...form.getInputProps('pause_while_waiting', { type: 'checkbox' })}
                />
                <NumberInput
                  label={t`At risk from`}
                  description={t`The share of the time after which a ticket is marked.`}
                  suffix=" %"
                  min={1}
                  max={99}
                  allowDecimal={false}
                  {...form.getInputProps('at_risk_percent')}
                />
              </Stack>
            </Section>
            <Steps
              steps={form.values.steps}
              error={form.errors.steps as string | undefined}
              onChange={(steps) => form.setFieldValue('steps', steps)}
            />
            {manage && (
              <Group>
                <Button
                  type="submit"
                  loading={save.isPending}
                  disabled={!!policy && !form.isDirty()}
                >
                  <Trans>Save policy</Trans>
                </Button>
                <LinkButton to="/sla" variant="default">
                  <Trans>Back to the policies</Trans>
                </LinkButton>
                {policy && (
                  <Button variant="outline" color="red" onClick={() => setAsking(true)}>
                    <Trans>Delete policy</Trans>
                  </Button>
                )}
              </Group>
            )}
          </Stack>
        </fieldset>
      </form>
      {asking && base && (
        <ConfirmDialog
          title={t`Delete this policy?`}
          confirm={t`Delete policy`}
          busy={remove.isPending}
          error={remove.error}
          onClose={() => setAsking(false)}
          onConfirm={() =>
            remove.mutate(base, {
              onSuccess: () => {
                announce(t`Policy deleted`);
                void navigate({ to: '/sla' });
              },
            })
          }
        >
          <Trans>Open tickets get the next policy that fits. What was judged already stays.</Trans>
        </ConfirmDialog>
      )}
    </Page>
  );
}
