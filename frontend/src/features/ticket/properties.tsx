import { Trans, useLingui } from '@lingui/react/macro';
import { Button, UnstyledButton } from '@mantine/core';
import { IconChevronDown, IconEye, IconEyeOff } from '@tabler/icons-react';
import { lazy, memo, type ReactNode, Suspense, useId, useState } from 'react';
import type { TicketDetail } from '@/lib/api';
import { CommandButton, type Contexts, useCommand } from '@/lib/commands';
import { exactTime } from '@/lib/time';
import { Person, personName } from '@/ui/person';
import { RelativeTime } from '@/ui/relative-time';
import { ChannelName } from './labels';
import { Part } from './part';
import { FinerPill, PriorityPill, StatusPill } from './pills';
import classes from './properties.module.css';
import { SlaBox } from './sla-box';
import { WithChosen } from './with-chosen';

const WhyAgentDialog = lazy(() =>
  import('@/features/routing').then((m) => ({ default: m.WhyAgentDialog })),
);
export const Facets = lazy(() =>
  import('./facets-panel').then((m) => ({ default: m.FacetsPanel })),
);

/** Status, priority and assignee of a ticket, changed where they are shown. */
export function Properties({
  ticket,
  calm,
  on,
}: {
  ticket: TicketDetail;
  /** The same, a moment later. */
  calm: TicketDetail;
  on: Contexts;
}) {
  const { t, i18n } = useLingui();
  return (
    <section className={classes.box} data-properties aria-label={t`Properties`}>
      <Property id="ticket.status" on={on} label={t`Status`}>
        <WithChosen ticket={ticket}>
          {({ status, substatus }) => (
            <>
              <StatusPill status={status} />
              {substatus && <FinerPill status={status} finer={substatus} />}
            </>
          )}
        </WithChosen>
      </Property>
      <Property id="ticket.priority" on={on} label={t`Priority`}>
        <WithChosen ticket={ticket}>
          {({ priority }) => <PriorityPill priority={priority} />}
        </WithChosen>
      </Property>
      <div className={classes.assignee}>
        <Property id="ticket.assign" on={on} label={t`Assignee`}>
          <WithChosen ticket={ticket}>
            {({ assigned_to: person }) =>
              person ? <Person person={person} size={20} /> : <Trans>Unassigned</Trans>
            }
          </WithChosen>
        </Property>
        <CommandButton id="ticket.take" on={on} />
      </div>
      <WhyAgent ticketId={ticket.id} />
      <Property id="ticket.team" on={on} label={t`Team`}>
        <WithChosen ticket={ticket}>
          {({ team }) => (team ? <bdi>{team.name}</bdi> : <Trans>None</Trans>)}
        </WithChosen>
      </Property>
      <Property id="ticket.due" on={on} label={t`Due`}>
        {ticket.due_at ? exactTime(ticket.due_at, i18n.locale) : <Trans>None</Trans>}
        {ticket.due_source === 'manual' && (
          <>
            {' '}
            <Trans>(by hand)</Trans>
          </>
        )}
      </Property>
      <Property id="ticket.snooze" on={on} label={t`Snoozed`}>
        <Resting ticket={ticket} />
      </Property>
      <Switches ticket={ticket} on={on} />
      <SlaBox ticket={calm} />
      <Part>
        <Facets ticket={calm} />
      </Part>
      <Facts ticket={calm} />
    </section>
  );
}

/** Why the one who has the ticket has it, or why nobody does. */
function WhyAgent({ ticketId }: { ticketId: number }) {
  const [open, setOpen] = useState(false);
  return (
    <div>
      <Button
        size="compact-xs"
        variant="subtle"
        aria-haspopup="dialog"
        onClick={() => setOpen(true)}
      >
        <Trans>Why this agent?</Trans>
      </Button>
      {open && (
        <Suspense>
          <WhyAgentDialog ticketId={ticketId} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </div>
  );
}

function Resting({ ticket: { snooze } }: { ticket: TicketDetail }) {
  const { t, i18n } = useLingui();
  if (!snooze) return t`No`;
  if (!snooze.until) return t`Until a reply`;
  const until = exactTime(snooze.until, i18n.locale);
  return snooze.on_reply ? t`Until ${until}, or a reply` : t`Until ${until}`;
}

/** What is on or off: the button says which, and turns it around. */
export function Switches({ ticket, on }: { ticket: TicketDetail; on: Contexts }) {
  const { t } = useLingui();
  const watch = useCommand('ticket.watch', on);
  const secret = useCommand('ticket.confidential', on);
  if (!watch.available && !secret.available) return null;
  const { watching, confidential } = ticket;
  return (
    <div className={classes.switches}>
      {watch.available && (
        <Button
          size="compact-sm"
          variant={watching ? 'light' : 'default'}
          leftSection={<IconEye size={14} aria-hidden />}
          aria-keyshortcuts={watch.aria}
          title={`${watch.label} (${watch.keys})`}
          data-command="ticket.watch"
          onClick={() => watch.run({})}
        >
          {watching ? t`Stop watching` : t`Watch`}
        </Button>
      )}
      {secret.available && (
        <Button
          size="compact-sm"
          variant={confidential ? 'light' : 'default'}
          leftSection={<IconEyeOff size={14} aria-hidden />}
          aria-keyshortcuts={secret.aria}
          title={`${secret.label} (${secret.keys})`}
          data-command="ticket.confidential"
          onClick={() => secret.run({})}
        >
          {confidential ? t`Not confidential` : t`Make confidential`}
        </Button>
      )}
    </div>
  );
}

interface PropertyProps {
  /** The command that changes it. */
  id: string;
  on: Contexts;
  label: string;
  children: ReactNode;
}

/** A property that shows its value and, to whoever may change it, is the button for that. */
function Property({ id, on, label, children }: PropertyProps) {
  const command = useCommand(id, on);
  const name = useId();
  const value = useId();
  return (
    <div className={classes.property}>
      <span id={name} className={classes.name}>
        {label}
      </span>
      {command.available ? (
        <UnstyledButton
          className={classes.value}
          aria-labelledby={`${name} ${value}`}
          aria-haspopup="dialog"
          aria-keyshortcuts={command.aria}
          title={`${command.label} (${command.keys})`}
          data-command={id}
          onClick={(event) => command.run({ anchor: event.currentTarget })}
        >
          <span id={value}>{children}</span>
          <IconChevronDown size={14} aria-hidden />
        </UnstyledButton>
      ) : (
        <span className={classes.fixed}>{children}</span>
      )}
    </div>
  );
}

const Facts = memo(function Facts({ ticket }: { ticket: TicketDetail }) {
  const { created_by: requester } = ticket;
  return (
    <dl className={classes.facts}>
      <div>
        <dt>
          <Trans>Requester</Trans>
        </dt>
        <dd>
          {personName(requester)}
          {requester.department && `, ${requester.department}`}
        </dd>
      </div>
      <div>
        <dt>
          <Trans>E-mail</Trans>
        </dt>
        <dd>{requester.email}</dd>
      </div>
      {ticket.opened_by && (
        <div>
          <dt>
            <Trans>Opened by</Trans>
          </dt>
          <dd>{personName(ticket.opened_by)}</dd>
        </div>
      )}
      {ticket.channel && (
        <div>
          <dt>
            <Trans>Channel</Trans>
          </dt>
          <dd>
            <ChannelName channel={ticket.channel} />
          </dd>
        </div>
      )}
      <div>
        <dt>
          <Trans>Changed</Trans>
        </dt>
        <dd>
          <RelativeTime iso={ticket.updated_at} />
        </dd>
      </div>
      {ticket.resolved_at && (
        <div>
          <dt>
            <Trans>Resolved</Trans>
          </dt>
          <dd>
            <RelativeTime iso={ticket.resolved_at} />
          </dd>
        </div>
      )}
      {ticket.closed_at && (
        <div>
          <dt>
            <Trans>Closed</Trans>
          </dt>
          <dd>
            <RelativeTime iso={ticket.closed_at} />
          </dd>
        </div>
      )}
    </dl>
  );
});
