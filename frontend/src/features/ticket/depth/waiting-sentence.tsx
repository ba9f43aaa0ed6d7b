import { Trans, useLingui } from '@lingui/react/macro';
import type { TicketEvent } from '@/lib/api';
import { exactTime } from '@/lib/time';

/** Whether an event is about resting and being due. */
export const isWaitingEvent = (type: string): boolean =>
  type === 'internal.snoozed' || type === 'internal.woken' || type === 'ticket.due_changed';

/** That a ticket rests or came back, and by when it is due. */
export function WaitingSentence({ who, event }: { who: string; event: TicketEvent }) {
  const { i18n } = useLingui();
  const data = event.data as { until?: string; why?: string; to?: string };
  const time = (iso: string) => exactTime(iso, i18n.locale);
  if (event.type === 'ticket.due_changed') {
    if (!data.to) return <Trans>{who} took the due time away that was set by hand</Trans>;
    const due = time(data.to);
    return (
      <Trans>
        {who} set the ticket due {due}
      </Trans>
    );
  }
  if (event.type === 'internal.snoozed') {
    if (!data.until) return <Trans>{who} snoozed the ticket until somebody replies</Trans>;
    const until = time(data.until);
    return (
      <Trans>
        {who} snoozed the ticket until {until}
      </Trans>
    );
  }
  if (data.why === 'time') return <Trans>The ticket came back: it is time</Trans>;
  if (data.why === 'reply') return <Trans>The ticket came back: {who} replied</Trans>;
  return <Trans>{who} brought the ticket back</Trans>;
}
