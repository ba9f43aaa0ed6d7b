import { Trans, useLingui } from '@lingui/react/macro';
import type { TicketEvent } from '@/lib/api';
import { personName } from '@/ui/person';
import { RelativeTime } from '@/ui/relative-time';
import classes from './conversation.module.css';
import { DepthSentence, isDepthEvent } from './depth/depth-sentence';
import { isWaitingEvent, WaitingSentence } from './depth/waiting-sentence';
import { FacetSentence, isFacetEvent } from './facet-sentence';
import { type Priority, priorities, type Status, statuses } from './labels';
import { SlaSentence } from './sla-labels';

/** One thing that happened, as one quiet line. */
export function EventLine({ event }: { event: TicketEvent }) {
  return (
    <p className={classes.event}>
      <span>
        <Sentence event={event} />
      </span>
      <RelativeTime iso={event.created_at} />
    </p>
  );
}

function Sentence({ event }: { event: TicketEvent }) {
  const { t, i18n } = useLingui();
  const who = event.actor ? personName(event.actor) : t`Fixdesk`;
  const data = event.data as Record<string, unknown>;
  const status = (x: unknown) => {
    const known = statuses[x as Status];
    return known ? i18n._(known.label) : String(x);
  };
  const priority = (x: unknown) => {
    const known = priorities[x as Priority];
    return known ? i18n._(known.label) : String(x);
  };
  if (isWaitingEvent(event.type)) return <WaitingSentence who={who} event={event} />;
  if (isDepthEvent(event.type)) return <DepthSentence who={who} event={event} />;
  if (isFacetEvent(event.type)) return <FacetSentence who={who} event={event} />;
  switch (event.type) {
    case 'ticket.status_changed': {
      const from = status(data.from);
      const to = status(data.to);
      return (
        <Trans>
          {who} changed the status from {from} to {to}
        </Trans>
      );
    }
    case 'ticket.priority_changed': {
      const from = priority(data.from);
      const to = priority(data.to);
      return (
        <Trans>
          {who} changed the priority from {from} to {to}
        </Trans>
      );
    }
    case 'ticket.assigned': {
      const to = data.to as { id: number; username: string } | null;
      if (!to) return <Trans>{who} removed the assignee</Trans>;
      if (to.id === event.actor?.id) return <Trans>{who} took the ticket</Trans>;
      const whom = to.username;
      return (
        <Trans>
          {who} assigned the ticket to {whom}
        </Trans>
      );
    }
    case 'ticket.updated': {
      const changed = Array.isArray(data.changed) ? data.changed : [];
      const title = changed.includes('title');
      const description = changed.includes('description');
      if (title && !description) return <Trans>{who} changed the title</Trans>;
      if (description && !title) return <Trans>{who} changed the description</Trans>;
      return <Trans>{who} edited the ticket</Trans>;
    }
    case 'attachment.added':
    case 'note.attachment_added':
      return <Trans>{who} added a file</Trans>;
    case 'attachment.removed':
    case 'note.attachment_removed':
      return <Trans>{who} deleted a file</Trans>;
    case 'ticket.team_changed': {
      const to = data.to as { id: number; name: string } | null;
      if (!to) return <Trans>{who} took the ticket from its team</Trans>;
      const team = to.name;
      return (
        <Trans>
          {who} gave the ticket to team {team}
        </Trans>
      );
    }
    case 'ticket.confidential_changed':
      return data.confidential ? (
        <Trans>{who} made the ticket confidential</Trans>
      ) : (
        <Trans>{who} made the ticket not confidential</Trans>
      );
    case 'ticket.cc_added':
    case 'ticket.cc_removed':
    case 'note.watcher_added':
    case 'note.watcher_removed':
      return <Following who={who} event={event} />;
    case 'note.sla_at_risk':
    case 'note.sla_breached':
    case 'note.sla_escalated':
      return <SlaSentence event={event} />;
    case 'note.rule_applied': {
      const rule = String(event.data.rule ?? '');
      return <Trans>The rule “{rule}” acted</Trans>;
    }
    case 'ticket.recurred': {
      const name = String(event.data.name ?? '');
      return <Trans>The recurring ticket “{name}” was due</Trans>;
    }
    case 'internal.routed': {
      const queue = String(event.data.queue ?? '');
      const whom = String(event.data.username ?? '');
      return (
        <Trans>
          Routing “{queue}” chose {whom}
        </Trans>
      );
    }
    case 'note.deleted':
      return <Trans>{who} deleted an internal note</Trans>;
    case 'ticket.deleted':
      return <Trans>{who} deleted the ticket</Trans>;
    case 'ticket.restored':
      return <Trans>{who} restored the ticket</Trans>;
    case 'comment.deleted':
      return <Trans>{who} deleted a comment</Trans>;
    default: {
      const what = event.type;
      return (
        <Trans>
          {who}: {what}
        </Trans>
      );
    }
  }
}

/** Somebody began or ceased to follow a ticket. */
function Following({ who, event }: { who: string; event: TicketEvent }) {
  const { t } = useLingui();
  const user = (event.data as Record<string, unknown>).user as {
    id: number;
    username: string;
  } | null;
  const whom = user ? user.username : t`an address`;
  const self = user?.id === event.actor?.id;
  switch (event.type) {
    case 'ticket.cc_added':
      return (
        <Trans>
          {who} put {whom} in CC
        </Trans>
      );
    case 'ticket.cc_removed':
      return self ? (
        <Trans>{who} left CC</Trans>
      ) : (
        <Trans>
          {who} took {whom} from CC
        </Trans>
      );
    case 'note.watcher_added':
      return self ? (
        <Trans>{who} watches the ticket</Trans>
      ) : (
        <Trans>
          {who} made {whom} a watcher
        </Trans>
      );
    default:
      return self ? (
        <Trans>{who} stopped watching</Trans>
      ) : (
        <Trans>
          {who} took {whom} from the watchers
        </Trans>
      );
  }
}
