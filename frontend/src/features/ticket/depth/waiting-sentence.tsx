import { Trans, useLingui } from '@lingui/react/macro';
import type { TicketEvent } from '@/lib/api';
import { exactTime } from '@/lib/time';

const types = /^(internal\.(snoozed|woken|checklist_\w+|time_\w+)|ticket\.due_changed)$/;

/** Whether an event is about resting, being due, checklists or time. */
export const isWaitingEvent = (type: string): boolean => types.test(type);

/** That a ticket rests or came back, and by when it is due. */
export function WaitingSentence({ who, event }: { who: string; event: TicketEvent }) {
  const { i18n } = useLingui();
  const data = event.data as { until?: string; why?: string; to?: string };
  const time = (iso: string) => exactTime(iso, i18n.locale);
  const minutes = Number((event.data as { minutes?: number }).minutes ?? 0);
  switch (event.type) {
    case 'internal.checklist_added':
      return <Trans>{who} added to the checklist</Trans>;
    case 'internal.checklist_checked':
      return <Trans>{who} ticked an item of the checklist off</Trans>;
    case 'internal.checklist_unchecked':
      return <Trans>{who} opened an item of the checklist again</Trans>;
    case 'internal.checklist_updated':
      return <Trans>{who} changed the checklist</Trans>;
    case 'internal.checklist_removed':
      return <Trans>{who} deleted an item of the checklist</Trans>;
    case 'internal.time_added':
      return (
        <Trans>
          {who} worked {minutes} min
        </Trans>
      );
    case 'internal.time_updated':
      return (
        <Trans>
          {who} changed a time entry to {minutes} min
        </Trans>
      );
    case 'internal.time_removed':
      return (
        <Trans>
          {who} deleted a time entry of {minutes} min
        </Trans>
      );
  }
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
