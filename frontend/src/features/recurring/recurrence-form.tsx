import '@mantine/core/styles/Chip.css';
import '@mantine/core/styles/NumberInput.css';
import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Group, NativeSelect, Select, Stack, Textarea, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { PersonSelect } from '@/features/user';
import {
  createRecurrence,
  getRecurrence,
  previewRecurrence,
  type Recurrence,
  type User,
  updateRecurrence,
} from '@/lib/api';
import { listTemplatesOptions } from '@/lib/api/@tanstack/react-query.gen';
import { ifMatch } from '@/lib/etag';
import { useErrorFocus } from '@/lib/forms';
import { useOverwrite } from '@/lib/overwrite';
import { fieldErrors } from '@/lib/problem';
import { invalidate } from '@/lib/query';
import { announce } from '@/lib/status-line';
import { timeZone } from '@/lib/time';
import { Dialog } from '@/ui/dialog';
import { FormError } from '@/ui/form-error';
import { fresh, toRule } from './frequency';
import { FrequencyFields } from './frequency-fields';
import classes from './recurring.module.css';

const must = { throwOnError: true } as const;

/** The day after today, in the reader's zone. */
function tomorrow(): string {
  const date = new Date(Date.now() + 86_400_000);
  return date.toLocaleDateString('sv-SE', { timeZone: timeZone() });
}

/** Sets up a recurring ticket, or changes the one that is given. */
export function RecurrenceForm(props: { recurrence?: Recurrence; onClose: () => void }) {
  const { recurrence: base, onClose } = props;
  const { t } = useLingui();
  const client = useQueryClient();
  const [name, setName] = useState(base?.name ?? '');
  const [day, setDay] = useState(base?.start.slice(0, 10) ?? tomorrow());
  const [time, setTime] = useState(base?.start.slice(11) ?? '09:00');
  const [zone, setZone] = useState(base?.zone ?? timeZone());
  const start = `${day}T${time}`;
  const [rule, setRule] = useState(() => base?.rule ?? toRule(fresh(start)));
  const [requester, setRequester] = useState<User | null>(base?.requester ?? null);
  const [template, setTemplate] = useState(base?.template ? String(base.template.id) : null);
  const [title, setTitle] = useState(base?.title ?? '');
  const [description, setDescription] = useState(base?.description ?? '');
  const [catchUp, setCatchUp] = useState<Recurrence['catch_up']>(base?.catch_up ?? 'latest');
  const templates = useQuery(listTemplatesOptions()).data?.results ?? [];
  const overwrite = useOverwrite(
    base,
    async () => base && (await getRecurrence({ path: { id: base.id }, ...must })).data,
  );
  const save = useMutation({
    mutationFn: () => {
      const body = {
        ...{ name, rule, start, zone, title, description, catch_up: catchUp },
        template_id: template ? Number(template) : null,
        ...(requester && { requester_id: requester.id }),
      };
      return overwrite<unknown>((now) =>
        now
          ? updateRecurrence({ path: { id: now.id }, body, headers: ifMatch(now), ...must })
          : createRecurrence({ body, ...must }),
      );
    },
    onSuccess: () => {
      announce(t`Recurring ticket saved`);
      onClose();
    },
    onSettled: () => invalidate(client, 'listRecurrences'),
  });
  useErrorFocus(save.error);
  const errors = fieldErrors(save.error);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  const zones = Intl.supportedValuesOf('timeZone');
  return (
    <Dialog
      title={base ? t`Change recurring ticket` : t`New recurring ticket`}
      size="lg"
      keep
      onClose={onClose}
    >
      <form noValidate onSubmit={submit}>
        <Stack>
          <FormError
            overwrites
            error={save.error}
            shown={['name', 'rule', 'start', 'zone', 'requester_id', 'template_id', 'title']}
          />
          <TextInput
            label={t`Name`}
            required
            data-autofocus
            maxLength={100}
            value={name}
            error={errors.name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <FrequencyFields rule={rule} start={start} error={errors.rule} onChange={setRule} />
          <div className={classes.parts}>
            <TextInput
              type="date"
              label={t`From`}
              required
              value={day}
              error={errors.start}
              onChange={(event) => setDay(event.currentTarget.value)}
            />
            <TextInput
              type="time"
              label={t`Time of day`}
              required
              value={time}
              onChange={(event) => setTime(event.currentTarget.value.slice(0, 5))}
            />
            <Select
              label={t`Time zone`}
              searchable
              allowDeselect={false}
              data={zones.includes(zone) ? zones : [zone, ...zones]}
              value={zone}
              error={errors.zone}
              onChange={(value) => value && setZone(value)}
              comboboxProps={{ transitionProps: { duration: 0 } }}
            />
          </div>
          <NextDates rule={rule} start={start} zone={zone} />
          <PersonSelect
            among="people"
            label={t`For whom?`}
            placeholder={t`Myself`}
            clearable={!base}
            value={requester}
            error={errors.requester_id}
            onPick={setRequester}
          />
          <Select
            label={t`Template`}
            description={t`Category, priority, tags, fields, team, assignee and checklist come from it.`}
            placeholder={t`None`}
            clearable
            clearButtonProps={{ 'aria-label': t`Clear` }}
            data={templates.map((one) => ({ value: String(one.id), label: one.name }))}
            value={template}
            error={errors.template_id}
            onChange={setTemplate}
            comboboxProps={{ transitionProps: { duration: 0 } }}
          />
          <TextInput
            label={t`Title`}
            description={t`Empty for that of the template, or the name.`}
            maxLength={200}
            value={title}
            error={errors.title}
            onChange={(event) => setTitle(event.currentTarget.value)}
          />
          <Textarea
            label={t`Description`}
            autosize
            minRows={2}
            maxRows={10}
            value={description}
            onChange={(event) => setDescription(event.currentTarget.value)}
          />
          <NativeSelect
            label={t`When dates were missed because Fixdesk did not run`}
            value={catchUp}
            data={[
              { value: 'latest', label: t`open one ticket for the latest` },
              { value: 'all', label: t`open one for each, 31 at most` },
            ]}
            onChange={(event) => setCatchUp(event.currentTarget.value as Recurrence['catch_up'])}
          />
          <Group>
            <Button type="submit" loading={save.isPending}>
              <Trans>Save</Trans>
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

/** When it would be, as the form is now. */
function NextDates(props: { rule: string; start: string; zone: string }) {
  const { t, i18n } = useLingui();
  const [body] = useDebouncedValue(props, 250);
  const { rule, start, zone } = body;
  const query = useQuery({
    queryKey: ['recurrencePreview', rule, start, zone],
    queryFn: async ({ signal }) =>
      (await previewRecurrence({ body: { rule, start, zone }, signal, ...must })).data,
    placeholderData: keepPreviousData,
    retry: false,
  });
  const format = new Intl.DateTimeFormat(i18n.locale, {
    ...{ weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' },
    ...{ hour: '2-digit', minute: '2-digit', timeZone: zone },
  });
  const errors = fieldErrors(query.error);
  const wrong = errors.rule ?? errors.start ?? errors.zone;
  const dates = query.data?.dates ?? [];
  return (
    <section aria-label={t`The next dates`}>
      {wrong ? (
        <p role="alert">{wrong}</p>
      ) : (
        <>
          <p style={{ margin: '0 0 4px', fontWeight: 600 }}>
            <Trans>The next dates</Trans>
          </p>
          <ol className={classes.dates}>
            {dates.map((iso) => (
              <li key={iso}>
                <time dateTime={iso}>{format.format(new Date(iso))}</time>
              </li>
            ))}
          </ol>
          {query.data && dates.length === 0 && (
            <p>
              <Trans>None any more.</Trans>
            </p>
          )}
        </>
      )}
    </section>
  );
}
