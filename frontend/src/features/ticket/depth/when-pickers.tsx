import { plural } from '@lingui/core/macro';
import { useLingui } from '@lingui/react/macro';
import { IconAlarm, IconBell, IconCalendar, IconMessage, IconX } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { exactTime, timeZone } from '@/lib/time';
import { type Choice, Chooser } from '@/ui/chooser';
import { type Question, stopAsking } from '../actions/ask';
import { runMany } from '../actions/bulk-runs';
import { useCount } from './link-pickers';
import { daysOn, daysTo, readMoment } from './moments';
import { setDue, snooze, unsnooze } from './waiting';

interface Preset {
  id: string;
  label: string;
  at: Date;
}

/** What was typed finds a word of the label. */
const begins = (label: string, typed: string) =>
  label
    .toLocaleLowerCase()
    .split(/\s+/)
    .some((word) => word.startsWith(typed)) || label.toLocaleLowerCase().startsWith(typed);

/** What is chosen from: these moments, others that one types, and something beside them. */
function WhenPicker(props: {
  title: string;
  anchor?: HTMLElement;
  hour: number;
  presets: Preset[];
  others: Choice[];
  onPick: (at: Date | null, id: string) => void;
}) {
  const { t, i18n } = useLingui();
  const [query, setQuery] = useState('');
  const [now] = useState(() => new Date());
  const read = readMoment(query, now, timeZone(), props.hour);
  const typed = query.trim().toLocaleLowerCase();
  const found = props.presets.filter(({ label }) => begins(label, typed));
  const moments: Choice[] = [
    ...(read && read > now
      ? [{ id: 'typed', label: exactTime(read.toISOString(), i18n.locale), icon: IconCalendar }]
      : []),
    ...found.map(({ id, label, at }) => ({
      id,
      label,
      hint: exactTime(at.toISOString(), i18n.locale),
      icon: IconAlarm,
    })),
  ];
  return (
    <Chooser
      title={props.title}
      groups={[
        { id: 'moments', choices: moments },
        { id: 'others', choices: props.others.filter(({ label }) => begins(label, typed)) },
      ]}
      query={query}
      onQuery={setQuery}
      nothing={t`Type 3d, 4h, 17:30 or 2026-12-01 17:30`}
      anchor={props.anchor}
      onClose={stopAsking}
      onPick={(id) => {
        const preset = props.presets.find((one) => one.id === id);
        props.onPick(id === 'typed' ? read : (preset?.at ?? null), id);
      }}
    />
  );
}

/** The hour at which a day of work begins, and ends. */
const morning = 9;
const evening = 17;
const laterHours = 3;

/** Until when? */
export function SnoozePicker({ question }: { question: Question }) {
  const { t } = useLingui();
  const client = useQueryClient();
  const count = useCount(question);
  const { ticket, selection } = question.target;
  const now = new Date();
  const zone = timeZone();
  const later = new Date(
    Math.ceil((now.getTime() + laterHours * 3_600_000) / 3_600_000) * 3_600_000,
  );
  const presets: Preset[] = [
    { id: 'later', label: t`Later today`, at: later },
    { id: 'tomorrow', label: t`Tomorrow morning`, at: daysOn(now, 1, morning, zone) },
    { id: 'two-days', label: t`In two days`, at: daysOn(now, 2, morning, zone) },
    { id: 'week', label: t`Next week`, at: daysOn(now, daysTo(1, now, zone), morning, zone) },
    { id: 'month', label: t`In four weeks`, at: daysOn(now, 28, morning, zone) },
  ];
  const others: Choice[] = [
    { id: 'reply', label: t`Until somebody replies`, icon: IconMessage },
    ...(ticket?.snooze || selection ? [{ id: 'wake', label: t`Wake now`, icon: IconBell }] : []),
  ];
  return (
    <WhenPicker
      title={
        ticket
          ? t`Snooze ticket #${ticket.id} until a time or a reply…`
          : t`Snooze ${plural(count, { one: '# ticket', other: '# tickets' })} until a time or a reply…`
      }
      anchor={question.anchor}
      hour={morning}
      presets={presets}
      others={others}
      onPick={(at, id) => {
        if (id === 'wake') {
          if (ticket) void unsnooze(client, ticket);
          else if (selection) void runMany(client, selection, { type: 'unsnooze' });
          return;
        }
        const rest = { on_reply: true, ...(at && { until: at.toISOString() }) };
        if (ticket) void snooze(client, ticket, rest);
        else if (selection) void runMany(client, selection, { type: 'snooze', ...rest });
      }}
    />
  );
}

/** By when? */
export function DuePicker({ question }: { question: Question }) {
  const { t } = useLingui();
  const client = useQueryClient();
  const count = useCount(question);
  const { ticket, selection } = question.target;
  const now = new Date();
  const zone = timeZone();
  const today = daysOn(now, 0, evening, zone);
  const presets: Preset[] = [
    ...(today > now ? [{ id: 'today', label: t`Today`, at: today }] : []),
    { id: 'tomorrow', label: t`Tomorrow`, at: daysOn(now, 1, evening, zone) },
    { id: 'three-days', label: t`In three days`, at: daysOn(now, 3, evening, zone) },
    { id: 'friday', label: t`Friday`, at: daysOn(now, daysTo(5, now, zone), evening, zone) },
    { id: 'week', label: t`In a week`, at: daysOn(now, 7, evening, zone) },
    { id: 'month', label: t`In four weeks`, at: daysOn(now, 28, evening, zone) },
  ];
  const byHand = ticket?.due_source === 'manual' || !!selection;
  return (
    <WhenPicker
      title={
        ticket
          ? t`Ticket #${ticket.id} is due…`
          : t`Set by when ${plural(count, { one: '# ticket', other: '# tickets' })} are due…`
      }
      anchor={question.anchor}
      hour={evening}
      presets={presets}
      others={byHand ? [{ id: 'none', label: t`No time by hand`, icon: IconX }] : []}
      onPick={(at) => {
        const due_at = at ? at.toISOString() : null;
        if (ticket) void setDue(client, ticket, due_at);
        else if (selection) void runMany(client, selection, { type: 'set_due', due_at });
      }}
    />
  );
}
