import { Trans, useLingui } from '@lingui/react/macro';
import type { TicketEvent } from '@/lib/api';
import { TicketLink } from '../ticket-link';

const types =
  /^(ticket\.(merged|merged_in|unmerged|split_off|split_from|split_undone)|internal\.(linked|unlinked))$/;

/** Whether an event is about what this folder is for. */
export const isDepthEvent = (type: string): boolean => types.test(type);

/** What happened between this ticket and others. */
export function DepthSentence({ who, event }: { who: string; event: TicketEvent }) {
  const { t } = useLingui();
  const { ticket_id: id } = event.data as { ticket_id?: number };
  const other = id ? <TicketLink id={id}>#{id}</TicketLink> : t`another ticket`;
  switch (event.type) {
    case 'ticket.merged':
      return (
        <Trans>
          {who} merged the ticket into {other}
        </Trans>
      );
    case 'ticket.merged_in':
      return (
        <Trans>
          {who} merged {other} into this ticket
        </Trans>
      );
    case 'ticket.unmerged':
      return (
        <Trans>
          {who} took the merge with {other} back
        </Trans>
      );
    case 'ticket.split_off':
      return (
        <Trans>
          {who} made ticket {other} of a part of this one
        </Trans>
      );
    case 'ticket.split_from':
      return (
        <Trans>
          {who} split this ticket from {other}
        </Trans>
      );
    case 'ticket.split_undone':
      return (
        <Trans>
          {who} took the split of {other} back
        </Trans>
      );
    case 'internal.linked':
      return (
        <Trans>
          {who} linked the ticket to {other}
        </Trans>
      );
    default:
      return (
        <Trans>
          {who} took the link to {other} away
        </Trans>
      );
  }
}
