import { Trans, useLingui } from '@lingui/react/macro';
import { ActionIcon, Alert, Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { IconPlus, IconTrash, IconUpload } from '@tabler/icons-react';
import { lazy, Suspense, useRef, useState } from 'react';
import type { Calendar } from '@/lib/api';
import { explain } from '@/lib/problem';
import { announce } from '@/lib/status-line';
import { Section } from '@/ui/section';
import { useReadHolidays } from './api';
import { type Holiday, keyOf, merged } from './holiday';
import classes from './sla.module.css';

const Country = lazy(() => import('./holiday-data').then((m) => ({ default: m.CountryHolidays })));

/** Days with other hours: typed in, from a file, or those of a country. */
export function Holidays({
  calendar,
  holidays,
  onChange,
}: {
  calendar?: Calendar;
  holidays: Holiday[];
  onChange: (holidays: Holiday[]) => void;
}) {
  const { t } = useLingui();
  const read = useReadHolidays();
  const file = useRef<HTMLInputElement>(null);
  const [first, setFirst] = useState('');
  const [last, setLast] = useState('');
  const [name, setName] = useState('');
  const [from, setFrom] = useState('');
  const [to, setTo] = useState('');
  const [shown, setShown] = useState(false);
  const [country, setCountry] = useState(false);
  const take = (more: Holiday[]) => {
    const next = merged(holidays, more);
    const count = next.length - holidays.length;
    announce(t`Days added: ${count}. Save the calendar to keep them.`);
    onChange(next);
  };
  const wrong = {
    last: last && last < first ? t`It ends before it begins.` : undefined,
    from: (from || to) && !isClock(from) ? t`Such as 09:00` : undefined,
    to: (from || to) && (!isClock(to) || to <= from) ? t`Later, such as 12:00` : undefined,
  };
  const add = () => {
    if (Object.values(wrong).some(Boolean)) return setShown(true);
    setShown(false);
    const hours = from ? [{ from, to }] : [];
    take([{ first, last: last || first, name: name.trim(), hours }]);
    setFirst('');
    setLast('');
    setName('');
    setFrom('');
    setTo('');
  };
  const upload = async (chosen: File | undefined) => {
    if (!chosen || !calendar) return;
    read.mutate(
      { id: calendar.id, ics: await chosen.text() },
      { onSuccess: (found) => take(found.added) },
    );
    if (file.current) file.current.value = '';
  };
  return (
    <Section
      title={t`Holidays`}
      lead={<Trans>Days off, and days with other hours than their day of the week.</Trans>}
    >
      <Stack>
        <div className={classes.line}>
          <TextInput
            type="date"
            label={t`First day`}
            value={first}
            onChange={(event) => setFirst(event.currentTarget.value)}
          />
          <TextInput
            type="date"
            label={t`Last day`}
            value={last}
            error={shown && wrong.last}
            onChange={(event) => setLast(event.currentTarget.value)}
          />
          <TextInput
            label={t`Name of the day`}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <TextInput
            label={t`Worked from`}
            placeholder={t`day off`}
            className={classes.clock}
            value={from}
            error={shown && wrong.from}
            onChange={(event) => setFrom(event.currentTarget.value)}
          />
          <TextInput
            label={t`Worked to`}
            placeholder={t`day off`}
            className={classes.clock}
            value={to}
            error={shown && wrong.to}
            onChange={(event) => setTo(event.currentTarget.value)}
          />
          <Button
            variant="default"
            leftSection={<IconPlus size={16} />}
            disabled={!first || !name.trim()}
            onClick={add}
          >
            <Trans>Add day</Trans>
          </Button>
        </div>
        <Group gap="xs">
          <Button
            variant="default"
            classNames={long}
            onClick={() => setCountry((open) => !open)}
            aria-expanded={country}
          >
            <Trans>Add the public holidays of a country</Trans>
          </Button>
          <input
            ref={file}
            type="file"
            accept=".ics,text/calendar"
            hidden
            aria-label={t`iCalendar file`}
            onChange={(event) => void upload(event.currentTarget.files?.[0])}
          />
          <Button
            variant="default"
            classNames={long}
            leftSection={<IconUpload size={16} />}
            loading={read.isPending}
            disabled={!calendar}
            title={calendar ? undefined : t`Save the calendar first.`}
            onClick={() => file.current?.click()}
          >
            <Trans>Import an iCalendar file</Trans>
          </Button>
        </Group>
        {read.error && (
          <Alert color="red" role="alert">
            {messageOf(read.error)}
          </Alert>
        )}
        {read.data && read.data.skipped.length > 0 && (
          <Alert color="orange" role="status">
            <Trans>Left out, since they do not last whole days:</Trans>{' '}
            {read.data.skipped.join(', ')}
          </Alert>
        )}
        {country && (
          <Suspense
            fallback={
              <Text size="sm">
                <Trans>Loading</Trans>
              </Text>
            }
          >
            <Country onTake={take} />
          </Suspense>
        )}
        <HolidayTable holidays={holidays} onChange={onChange} />
      </Stack>
    </Section>
  );
}

const long = { root: classes.long, label: classes.longLabel };

const isClock = (text: string) => /^(?:[01]\d|2[0-3]):[0-5]\d$|^24:00$/.test(text);

function messageOf(error: unknown): string {
  const fields = (error as { fields?: Record<string, string[]> }).fields;
  return fields?.ics?.[0] ?? explain(error);
}

function HolidayTable({
  holidays,
  onChange,
}: {
  holidays: Holiday[];
  onChange: (holidays: Holiday[]) => void;
}) {
  const { t, i18n } = useLingui();
  const format = new Intl.DateTimeFormat(i18n.locale, { dateStyle: 'medium', timeZone: 'UTC' });
  const day = (iso: string) => format.format(new Date(`${iso}T00:00:00Z`));
  if (holidays.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        <Trans>No holidays yet.</Trans>
      </Text>
    );
  }
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by key
    <section className={classes.scroll} aria-label={t`List of holidays`} tabIndex={0}>
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">
              <Trans>Day</Trans>
            </th>
            <th scope="col">
              <Trans>Name</Trans>
            </th>
            <th scope="col">
              <Trans>Hours</Trans>
            </th>
            <th scope="col">
              <Trans>Remove</Trans>
            </th>
          </tr>
        </thead>
        <tbody>
          {holidays.map((h) => {
            const { name } = h;
            return (
              <tr key={keyOf(h)}>
                <td>
                  {day(h.first)}
                  {h.last !== h.first && ` – ${day(h.last)}`}
                </td>
                <td>{name}</td>
                <td>
                  {h.hours.length === 0
                    ? t`day off`
                    : h.hours.map((s) => `${s.from}–${s.to}`).join(', ')}
                </td>
                <td>
                  <ActionIcon
                    variant="subtle"
                    color="red"
                    aria-label={t`Remove ${name}`}
                    onClick={() => onChange(holidays.filter((x) => x !== h))}
                  >
                    <IconTrash size={16} />
                  </ActionIcon>
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}
