import { Trans, useLingui } from '@lingui/react/macro';
import { Alert, Button, Group, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import type { Calendar, CalendarCreate } from '@/lib/api';
import { useCan } from '@/lib/can';
import { focusFirstError, showServerErrors } from '@/lib/forms';
import { ApiError, asApiError } from '@/lib/problem';
import { announce } from '@/lib/status-line';
import { timeZone } from '@/lib/time';
import { ConfirmDialog } from '@/ui/confirm-dialog';
import { FormError } from '@/ui/form-error';
import { LinkButton } from '@/ui/link-button';
import { Page } from '@/ui/page';
import { Section } from '@/ui/section';
import { ErrorState, Fetched } from '@/ui/states';
import { useCalendar, useDeleteCalendar, useSaveCalendar } from './api';
import { Holidays } from './holidays';
import { type Day, dayKeys, type Hours, WeekField } from './week-field';

const shown = ['name', 'zone', 'hours', ...dayKeys.map((day) => `hours.${day}`)];

interface Values extends Record<string, unknown> {
  name: string;
  zone: string;
  hours: Hours;
  holidays: Calendar['holidays'];
}

export function NewCalendarPage() {
  return <CalendarForm />;
}

export function CalendarPage() {
  const { calendarId } = useParams({ from: '/app/calendars/$calendarId' });
  const id = Number(calendarId);
  if (!Number.isSafeInteger(id) || id < 1) return <ErrorState whole error={new ApiError(404)} />;
  return <LoadedCalendar id={id} />;
}

function LoadedCalendar({ id }: { id: number }) {
  const query = useCalendar(id);
  return (
    <Fetched whole query={query}>
      {(calendar) => <CalendarForm key={calendar.id} calendar={calendar} />}
    </Fetched>
  );
}

const office = [{ from: '09:00', to: '17:00' }];

function valuesOf(calendar?: Calendar): Values {
  const hours = Object.fromEntries(
    dayKeys.map((day, at) => [day, calendar?.hours[day] ?? (at < 5 ? office : [])]),
  ) as Record<Day, { from: string; to: string }[]>;
  return {
    name: calendar?.name ?? '',
    zone: calendar?.zone ?? timeZone(),
    hours,
    holidays: calendar?.holidays ?? [],
  };
}

function CalendarForm({ calendar }: { calendar?: Calendar }) {
  const { t } = useLingui();
  const navigate = useNavigate();
  const manage = useCan('calendar.manage');
  const save = useSaveCalendar();
  const remove = useDeleteCalendar();
  const [base, setBase] = useState(calendar);
  const [asking, setAsking] = useState(false);
  const form = useForm<Values>({
    initialValues: valuesOf(calendar),
    validate: { name: (value) => (value.trim() ? null : t`Enter a name.`) },
  });
  const stale = !!save.error && asApiError(save.error).status === 412;
  const submit = form.onSubmit((values) => {
    save.mutate(
      { base: stale ? calendar : base, body: values as CalendarCreate },
      {
        onSuccess: (saved) => {
          announce(t`Calendar saved`);
          if (!calendar) {
            void navigate({
              to: '/calendars/$calendarId',
              params: { calendarId: String(saved.id) },
            });
          }
          setBase(saved);
          form.setInitialValues(valuesOf(saved));
          form.setValues(valuesOf(saved));
          form.resetDirty(valuesOf(saved));
        },
        onError: (error) => showServerErrors(form, error),
      },
    );
  }, focusFirstError);
  return (
    <Page title={calendar ? calendar.name : t`New calendar`}>
      <form noValidate onSubmit={submit}>
        <fieldset disabled={!manage} style={{ border: 0, margin: 0, padding: 0, minInlineSize: 0 }}>
          <Stack>
            {stale ? (
              <Alert color="orange" role="alert">
                <Trans>
                  This calendar was changed in the meantime. Save again to apply your changes to it.
                </Trans>
              </Alert>
            ) : (
              <FormError error={save.error} shown={shown} />
            )}
            <Section title={t`Working hours`}>
              <Stack>
                <TextInput label={t`Name`} required {...form.getInputProps('name')} />
                <TextInput
                  label={t`Time zone`}
                  description={t`As the IANA database names it, such as Europe/Berlin.`}
                  list="zones"
                  spellCheck={false}
                  {...form.getInputProps('zone')}
                />
                <datalist id="zones">
                  {Intl.supportedValuesOf('timeZone').map((zone) => (
                    <option key={zone} value={zone} />
                  ))}
                </datalist>
                <WeekField
                  hours={form.values.hours}
                  errors={form.errors}
                  onChange={(day, spans) => {
                    form.setFieldValue('hours', { ...form.values.hours, [day]: spans });
                    form.clearFieldError('hours');
                    form.clearFieldError(`hours.${day}`);
                  }}
                />
              </Stack>
            </Section>
            <Holidays
              calendar={calendar}
              holidays={form.values.holidays}
              onChange={(holidays) => form.setFieldValue('holidays', holidays)}
            />
            {manage && (
              <Group>
                <Button
                  type="submit"
                  loading={save.isPending}
                  disabled={!!calendar && !form.isDirty()}
                >
                  <Trans>Save calendar</Trans>
                </Button>
                <LinkButton to="/calendars" variant="default">
                  <Trans>Back to the calendars</Trans>
                </LinkButton>
                {calendar && (
                  <Button variant="outline" color="red" onClick={() => setAsking(true)}>
                    <Trans>Delete calendar</Trans>
                  </Button>
                )}
              </Group>
            )}
          </Stack>
        </fieldset>
      </form>
      {asking && base && (
        <ConfirmDialog
          title={t`Delete this calendar?`}
          confirm={t`Delete calendar`}
          busy={remove.isPending}
          error={remove.error}
          onClose={() => setAsking(false)}
          onConfirm={() =>
            remove.mutate(base, {
              onSuccess: () => {
                announce(t`Calendar deleted`);
                void navigate({ to: '/calendars' });
              },
            })
          }
        >
          <Trans>A calendar in which a policy counts cannot be deleted.</Trans>
        </ConfirmDialog>
      )}
    </Page>
  );
}
