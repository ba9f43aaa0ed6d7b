import { msg } from '@lingui/core/macro';
import { useLingui } from '@lingui/react/macro';
import { IconAlarm, IconAlertTriangle, IconClock, IconPlayerPause } from '@tabler/icons-react';
import type { Ticket } from '@/lib/api';
import { exactTime, useNow } from '@/lib/time';
import classes from './due-badge.module.css';
import { spell, spellBriefly } from './duration';

/**
 * How long there is still time, or since when there is none: an icon and a word, with the
 * exact time on hover. It counts down by itself.
 */
export function DueBadge({
  ticket,
  brief = false,
}: {
  ticket: Pick<Ticket, 'due_at' | 'sla_state' | 'status'>;
  /** For a column: since when it is overdue, without the minutes. */
  brief?: boolean;
}) {
  const { t, i18n } = useLingui();
  const now = useNow();
  if (ticket.status === 'resolved' || ticket.status === 'closed') return null;
  if (ticket.sla_state === 'paused' && !ticket.due_at) {
    return (
      <span className={classes.badge} data-state="paused" title={t`The time stands still`}>
        <IconPlayerPause size={14} aria-hidden />
        <span>{t`Paused`}</span>
      </span>
    );
  }
  if (!ticket.due_at) return null;
  const left = (new Date(ticket.due_at).getTime() - now) / 1000;
  const exact = exactTime(ticket.due_at, i18n.locale);
  const time = i18n._((brief && left < 0 ? spellBriefly : spell)(Math.abs(left)));
  if (left < 0) {
    return (
      <span className={classes.badge} data-state="breached" title={t`Was due ${exact}`}>
        <IconAlertTriangle size={14} aria-hidden />
        <span>{t`Overdue ${time}`}</span>
      </span>
    );
  }
  const risk = ticket.sla_state === 'at_risk';
  return (
    <span className={classes.badge} data-state={risk ? 'at_risk' : 'ok'} title={t`Due ${exact}`}>
      {risk ? <IconAlarm size={14} aria-hidden /> : <IconClock size={14} aria-hidden />}
      <span>{risk ? i18n._(msg`Soon: ${time}`) : time}</span>
    </span>
  );
}
