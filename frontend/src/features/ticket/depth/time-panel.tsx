import { i18n } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import { Trans, useLingui } from '@lingui/react/macro';
import { ActionIcon, Button, CloseButton, Group, NumberInput, TextInput } from '@mantine/core';
import { IconPencil } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, memo, useState } from 'react';
import {
  createTimeEntry,
  deleteTimeEntry,
  type TicketDetail,
  type TimeEntry,
  updateTimeEntry,
} from '@/lib/api';
import { getTimerOptions, listTicketTimeOptions } from '@/lib/api/@tanstack/react-query.gen';
import { ifMatch } from '@/lib/etag';
import { explain, fieldErrors } from '@/lib/problem';
import { announce } from '@/lib/status-line';
import { useNow } from '@/lib/time';
import { offerUndo } from '@/lib/undo';
import { Fold } from '@/ui/fold';
import { FormError } from '@/ui/form-error';
import { personName } from '@/ui/person';
import { TicketLink } from '../ticket-link';
import classes from './depth.module.css';
import { refreshTimes, toggleTimer } from './timer';

const must = { throwOnError: true } as const;

/** 85 minutes as 1:25. */
export const spellMinutes = (minutes: number) =>
  `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}`;

/** How long people worked on a ticket, and the timer of whoever looks. */
export const TimePanel = memo(function TimePanel({ ticket }: { ticket: TicketDetail }) {
  const { t } = useLingui();
  const client = useQueryClient();
  const { id } = ticket;
  const [minutes, setMinutes] = useState<number | string>('');
  const [note, setNote] = useState('');
  const query = useQuery(listTicketTimeOptions({ path: { id } }));
  const add = useMutation({
    mutationFn: () =>
      createTimeEntry({ path: { id }, body: { minutes: Number(minutes), note }, ...must }),
    onSuccess: () => {
      setMinutes('');
      setNote('');
    },
    onSettled: () => refreshTimes(client),
  });
  const rows = query.data?.results ?? [];
  const total = spellMinutes(query.data?.total_minutes ?? 0);
  if (query.error && !query.data) return null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (Number(minutes) > 0) add.mutate();
  };
  return (
    <Fold
      name="time"
      label={t`Time`}
      title={
        <>
          <Trans>Time</Trans> {rows.length > 0 && total}
        </>
      }
    >
      <div className={classes.box}>
        <TimerLine ticketId={id} />
        {rows.length > 0 && (
          <ul>
            {rows.map((entry) => (
              <EntryLine key={entry.id} entry={entry} />
            ))}
          </ul>
        )}
        <form onSubmit={submit} className={classes.add}>
          <NumberInput
            size="xs"
            hideControls
            min={1}
            max={1440}
            allowDecimal={false}
            aria-label={t`Minutes`}
            placeholder={t`Minutes`}
            className={classes.minutes}
            value={minutes}
            onChange={setMinutes}
          />
          <TextInput
            size="xs"
            maxLength={500}
            aria-label={t`What was done`}
            placeholder={t`What was done`}
            autoComplete="off"
            value={note}
            onChange={(event) => setNote(event.currentTarget.value)}
          />
          <Button type="submit" size="xs" variant="default" loading={add.isPending}>
            <Trans>Add</Trans>
          </Button>
        </form>
        <FormError error={add.error} shown={[]} />
      </div>
    </Fold>
  );
});

function EntryLine({ entry }: { entry: TimeEntry }) {
  const { t } = useLingui();
  const client = useQueryClient();
  const length = spellMinutes(entry.minutes);
  const who = personName(entry.user);
  const [editing, setEditing] = useState(false);
  const remove = async () => {
    try {
      await deleteTimeEntry({ path: { id: entry.id }, headers: ifMatch(entry), ...must });
      await refreshTimes(client);
      offerUndo({
        message: i18n._(msg`Time of ${length} deleted`),
        undo: async () => {
          const { minutes, note, date } = entry;
          const body = { minutes, note, date };
          await createTimeEntry({ path: { id: entry.ticket_id }, body, ...must });
          await refreshTimes(client);
        },
      });
    } catch (error) {
      announce(explain(error), 'bad');
    }
  };
  if (editing) {
    return (
      <li>
        <EntryForm entry={entry} onClose={() => setEditing(false)} />
      </li>
    );
  }
  return (
    <li className={classes.line} title={`${entry.date} ${entry.note}`}>
      <strong>{length}</strong>
      <span className={classes.grow}>
        {who}
        {entry.note && (
          <>
            : <bdi>{entry.note}</bdi>
          </>
        )}
      </span>
      {entry.can.update && (
        <ActionIcon
          size="sm"
          variant="subtle"
          color="gray"
          aria-label={t`Change ${length} of ${who}`}
          onClick={() => setEditing(true)}
        >
          <IconPencil size={14} />
        </ActionIcon>
      )}
      {entry.can.delete && (
        <CloseButton
          size="xs"
          aria-label={t`Delete ${length} of ${who}`}
          onClick={() => void remove()}
        />
      )}
    </li>
  );
}

/** Changes a time that is written down. */
function EntryForm({ entry, onClose }: { entry: TimeEntry; onClose: () => void }) {
  const { t } = useLingui();
  const client = useQueryClient();
  const [minutes, setMinutes] = useState<number | string>(entry.minutes);
  const [date, setDate] = useState(entry.date);
  const [note, setNote] = useState(entry.note);
  const path = { id: entry.id };
  const save = useMutation({
    mutationFn: async () => {
      const body = { minutes: Number(minutes), note, date };
      return (await updateTimeEntry({ path, body, headers: ifMatch(entry), ...must })).data;
    },
    onSuccess: (saved) => {
      onClose();
      if (saved.version === entry.version) return;
      const { minutes: was, note: said, date: on } = entry;
      offerUndo({
        message: i18n._(msg`Time changed to ${spellMinutes(saved.minutes)}`),
        undo: async () => {
          const body = { minutes: was, note: said, date: on };
          await updateTimeEntry({ path, body, headers: ifMatch(saved), ...must });
          await refreshTimes(client);
        },
      });
    },
    onSettled: () => refreshTimes(client),
  });
  const errors = fieldErrors(save.error);
  return (
    <form
      className={classes.edit}
      aria-label={t`Change the time`}
      onSubmit={(event) => {
        event.preventDefault();
        if (Number(minutes) > 0) save.mutate();
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        onClose();
      }}
    >
      <Group gap={6} wrap="nowrap" align="start">
        <NumberInput
          size="xs"
          hideControls
          min={1}
          max={1440}
          allowDecimal={false}
          aria-label={t`Minutes worked`}
          className={classes.minutes}
          data-autofocus
          autoFocus
          value={minutes}
          error={errors.minutes}
          onChange={setMinutes}
        />
        <TextInput
          size="xs"
          type="date"
          aria-label={t`Day of the work`}
          value={date}
          error={errors.date}
          onChange={(event) => setDate(event.currentTarget.value)}
        />
      </Group>
      <TextInput
        size="xs"
        maxLength={500}
        aria-label={t`What this time was for`}
        placeholder={t`What was done`}
        autoComplete="off"
        value={note}
        error={errors.note}
        onChange={(event) => setNote(event.currentTarget.value)}
      />
      <FormError error={save.error} shown={['minutes', 'date', 'note']} />
      <Group gap={6}>
        <Button type="submit" size="compact-sm" loading={save.isPending}>
          <Trans>Save</Trans>
        </Button>
        <Button size="compact-sm" variant="default" onClick={onClose}>
          <Trans>Cancel</Trans>
        </Button>
      </Group>
    </form>
  );
}

/** The one timer that a person has: here, on another ticket, or not running. */
function TimerLine({ ticketId }: { ticketId: number }) {
  const { t } = useLingui();
  const client = useQueryClient();
  const now = useNow();
  // It may have been started in another window, of which nothing tells.
  const { data } = useQuery({ ...getTimerOptions(), refetchOnWindowFocus: 'always' });
  const act = useMutation({ mutationFn: () => toggleTimer(client, ticketId) });
  const timer = data?.timer;
  const here = timer?.ticket_id === ticketId;
  const run = timer
    ? spellMinutes(Math.max(0, Math.floor((now - Date.parse(timer.started_at)) / 60_000)))
    : '';
  const elsewhere = timer?.ticket_id ?? 0;
  return (
    <div className={classes.buttons}>
      {here ? (
        <Button size="compact-sm" disabled={act.isPending} onClick={() => act.mutate()}>
          {t`Stop the timer (${run})`}
        </Button>
      ) : (
        <Button
          size="compact-sm"
          variant="default"
          disabled={act.isPending}
          onClick={() => act.mutate()}
        >
          <Trans>Start the timer</Trans>
        </Button>
      )}
      {timer && !here && (
        <span>
          <Trans>
            Runs on <TicketLink id={elsewhere}>#{elsewhere}</TicketLink> ({run}); starting it here
            writes that down.
          </Trans>
        </span>
      )}
    </div>
  );
}
