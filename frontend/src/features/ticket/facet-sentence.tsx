import { Trans } from '@lingui/react/macro';
import type { TicketEvent } from '@/lib/api';

const types = [
  ...['ticket.category_changed', 'ticket.substatus_changed', 'ticket.field_changed'],
  ...['internal.field_changed', 'internal.tagged'],
];

/** Whether an event is about what hangs on a ticket: category, finer status, fields, tags. */
export const isFacetEvent = (type: string): boolean => types.includes(type);

/** What happened to what hangs on a ticket. */
export function FacetSentence({ who, event }: { who: string; event: TicketEvent }) {
  const data = event.data as Record<string, unknown>;
  switch (event.type) {
    case 'ticket.category_changed': {
      const now = String(data.now ?? '');
      if (!now) return <Trans>{who} removed the category</Trans>;
      return (
        <Trans>
          {who} changed the category to {now}
        </Trans>
      );
    }
    case 'ticket.substatus_changed': {
      const now = String(data.now ?? '');
      const was = String(data.was ?? '');
      if (!now) {
        return (
          <Trans>
            {who}: no longer {was}
          </Trans>
        );
      }
      return (
        <Trans>
          {who} set the status to {now}
        </Trans>
      );
    }
    case 'ticket.field_changed':
    case 'internal.field_changed': {
      const field = String(data.name ?? data.field ?? '');
      const now = String(data.now ?? '');
      if (!now) {
        return (
          <Trans>
            {who} changed {field}
          </Trans>
        );
      }
      return (
        <Trans>
          {who} changed {field} to {now}
        </Trans>
      );
    }
    default: {
      const added = Array.isArray(data.added) ? data.added.join(', ') : '';
      const removed = Array.isArray(data.removed) ? data.removed.join(', ') : '';
      if (!added) {
        return (
          <Trans>
            {who} removed the tags {removed}
          </Trans>
        );
      }
      if (!removed) {
        return (
          <Trans>
            {who} added the tags {added}
          </Trans>
        );
      }
      return (
        <Trans>
          {who} added the tags {added} and removed {removed}
        </Trans>
      );
    }
  }
}
