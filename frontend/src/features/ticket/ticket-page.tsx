import { Trans, useLingui } from '@lingui/react/macro';
import { Alert, Stack } from '@mantine/core';
import { IconChevronLeft } from '@tabler/icons-react';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { lazy, memo, useCallback, useDeferredValue, useEffect, useMemo, useState } from 'react';
import { useReadOnOpen } from '@/features/notification';
import { useAfterPaint } from '@/lib/after-paint';
import type { TicketDetail } from '@/lib/api';
import { CommandButton, type Contexts, useCommandContext, useTicketScope } from '@/lib/commands';
import { useTellPresence } from '@/lib/live/presence';
import { rescueFocus } from '@/lib/navigation';
import { ApiError, asApiError } from '@/lib/problem';
import { useMe } from '@/lib/session';
import { announce } from '@/lib/status-line';
import { AfterPaint } from '@/ui/after-paint';
import hidden from '@/ui/hidden.module.css';
import { isolated } from '@/ui/isolate';
import { PageHeading } from '@/ui/page';
import { personName } from '@/ui/person';
import { RelativeTime } from '@/ui/relative-time';
import { ErrorState, Fetched } from '@/ui/states';
import { useTicket, useTicketEvents } from './api';
import { Composer } from './composer';
import { ConfidentialPill } from './confidential-pill';
import { Conversation } from './conversation';
import { RestPill } from './depth/rest-pill';
import { EditTicket } from './edit-ticket';
import { Followers } from './followers';
import { UnsavedEdit } from './form-draft';
import { arriveAt } from './go-to-ticket';
import { lastQueue } from './last-queue';
import { Part } from './part';
import { FinerPill, PriorityPill, StatusPill } from './pills';
import { Present } from './present';
import { Facets, Properties, Switches } from './properties';
import { QueuedWrites } from './queued-writes';
import { RequesterTickets } from './requester-tickets';
import { useLastLook } from './seen';
import { SidePanel } from './side-panel';
import { SinceLastLook } from './since-last-look';
import classes from './ticket-page.module.css';
import { TicketSkeleton } from './ticket-skeleton';
import { WhatHappensNow } from './what-happens-now';
import { WithChosen } from './with-chosen';

const ChecklistPanel = lazy(() =>
  import('./depth/checklist-panel').then((m) => ({ default: m.ChecklistPanel })),
);
const TimePanel = lazy(() => import('./depth/time-panel').then((m) => ({ default: m.TimePanel })));
const LinksPanel = lazy(() =>
  import('./depth/links-panel').then((m) => ({ default: m.LinksPanel })),
);
const MailPanel = lazy(() => import('./mail/mail-panel').then((m) => ({ default: m.MailPanel })));

/** The page of the address. */
export function TicketPage() {
  const { ticketId } = useParams({ from: '/app/tickets/$ticketId' });
  return <TicketById ticketId={ticketId} />;
}

/** The page of a ticket; `ticketId` as an address names it. */
export function TicketById({ ticketId }: { ticketId: string }) {
  const id = Number(ticketId);
  if (!Number.isSafeInteger(id) || id < 1) {
    return <ErrorState whole error={new ApiError(404)} />;
  }
  return <LoadedTicket key={id} id={id} />;
}

function LoadedTicket({ id }: { id: number }) {
  const query = useTicket(id);
  useMerged(id, query.data?.merged_into ?? null);
  return (
    <Fetched whole query={query} skeleton={<TicketSkeleton />}>
      {(ticket) => (
        <Ticket ticket={ticket} gone={!!query.error && asApiError(query.error).status === 404} />
      )}
    </Fetched>
  );
}

/** The address of a ticket that was merged leads to what it is a part of now. */
function useMerged(id: number, into: number | null) {
  const { t } = useLingui();
  const navigate = useNavigate();
  useEffect(() => {
    if (!into) return;
    announce(t`Ticket #${id} is a part of this one now`);
    void navigate({
      to: '/tickets/$ticketId',
      params: { ticketId: String(into) },
      search: (now: Record<string, unknown>) => now,
      replace: true,
    });
  }, [id, into, navigate, t]);
}

/** `gone`: it was visible a moment ago, but was deleted or handed to somebody else. */
function Ticket({ ticket, gone }: { ticket: TicketDetail; gone: boolean }) {
  const { t } = useLingui();
  const me = useMe();
  const [editing, setEditing] = useState(false);
  const navigate = useNavigate();
  const back = useCallback(
    () => void navigate({ to: '/tickets', search: lastQueue() }),
    [navigate],
  );
  const mayEdit = !gone && !editing && ticket.can.update;
  const editTitle = useMemo(() => (mayEdit ? () => setEditing(true) : undefined), [mayEdit]);
  const context = useMemo(() => ({ ticket, back, editTitle }), [ticket, back, editTitle]);
  useCommandContext('ticket', gone ? null : context);
  // The buttons of the ticket are about it, whatever is selected in the list.
  const on = useTicketScope(context);
  const works = !gone && (ticket.can.update_status || ticket.can.assign);
  const { can } = ticket;
  const acts = !gone && (can.update || can.update_status || can.close || can.reopen || can.delete);
  useReadOnOpen(ticket.id);
  useEffect(() => arriveAt(ticket.id), [ticket.id]);
  // Title and conversation first: they are what a ticket is opened for.
  const painted = useAfterPaint();
  useTellPresence(ticket.id, works);
  const events = useTicketEvents(ticket.id);
  const seenAt = useLastLook(ticket.id, events.data, painted);
  // What hangs on the ticket follows a change when the change itself is on the screen.
  const calm = useDeferredValue(ticket);
  return (
    <div className={classes.container}>
      <article
        className={`${classes.page} ${works ? '' : classes.single}`}
        data-done={ticket.status === 'resolved' || ticket.status === 'closed' || undefined}
      >
        <header className={classes.head} data-editing={editing || undefined}>
          <nav className={classes.back} aria-label={t`Back`}>
            <BackLink />
            <span>#{ticket.id}</span>
          </nav>
          {editing ? (
            <>
              <PageHeading
                title={ticket.title}
                tab={`#${ticket.id} ${isolated(ticket.title)}`}
                className={hidden.hidden}
                ticket={ticket.id}
              />
              <EditTicket
                ticket={ticket}
                onDone={() => {
                  setEditing(false);
                  rescueFocus();
                }}
              />
            </>
          ) : (
            <div className={classes.titleLine}>
              <PageHeading
                title={ticket.title}
                tab={`#${ticket.id} ${isolated(ticket.title)}`}
                className={classes.title}
                ticket={ticket.id}
              >
                <span dir="auto">{ticket.title}</span>
              </PageHeading>
              <div className={classes.actions} data-due={(acts && !painted) || undefined}>
                {!gone && painted && <TicketActions on={on} />}
              </div>
            </div>
          )}
          <div className={classes.status}>
            <WithChosen ticket={ticket}>
              {({ status, substatus, priority }) => (
                <>
                  <StatusPill status={status} />
                  {substatus && <FinerPill status={status} finer={substatus} />}
                  <PriorityPill priority={priority} />
                </>
              )}
            </WithChosen>
            {ticket.confidential && <ConfidentialPill />}
            <RestPill ticket={ticket} />
            {editTitle && <UnsavedEdit ticketId={ticket.id} onOpen={editTitle} />}
            {works && <Present ticketId={ticket.id} />}
            <span>
              {ticket.created_by.id === me.id ? (
                <Trans>
                  You opened this <RelativeTime long iso={ticket.created_at} />
                </Trans>
              ) : (
                <Trans>
                  {personName(ticket.created_by)} opened this{' '}
                  <RelativeTime iso={ticket.created_at} />
                </Trans>
              )}
            </span>
          </div>
        </header>
        <div className={classes.side} data-rest>
          {gone ? (
            <Gone />
          ) : works && !painted ? (
            <div className={classes.room} />
          ) : works ? (
            <SidePanel properties={<Properties ticket={ticket} calm={calm} on={on} />}>
              <SinceLastLook ticket={calm} seenAt={seenAt} />
              <AfterPaint>
                <Part>
                  <ChecklistPanel ticket={calm} />
                  <LinksPanel ticket={calm} on={on} />
                  <TimePanel ticket={calm} />
                </Part>
                <Followers ticket={calm} />
                <Part>
                  <MailPanel ticketId={calm.id} />
                </Part>
                <RequesterTickets requester={calm.created_by} except={calm.id} />
              </AfterPaint>
            </SidePanel>
          ) : (
            <>
              <WhatHappensNow ticket={ticket} />
              <Part>
                <Facets ticket={ticket} />
              </Part>
              <Switches ticket={ticket} on={on} />
              {(ticket.can.cc || ticket.watching) && <Followers ticket={ticket} />}
              <SinceLastLook ticket={ticket} seenAt={seenAt} />
            </>
          )}
        </div>
        <div className={classes.talk}>
          <Stack gap={0}>
            <Conversation ticket={calm} hideDescription={editing} seenAt={seenAt} />
          </Stack>
          <QueuedWrites ticketId={ticket.id} />
          {!gone && ticket.can.comment && <Composer key={ticket.id} ticket={ticket} />}
        </div>
      </article>
    </div>
  );
}

const TicketActions = memo(function TicketActions({ on }: { on: Contexts }) {
  return (
    <>
      <CommandButton id="ticket.resolve" on={on} />
      <CommandButton id="ticket.close" on={on} />
      <CommandButton id="ticket.reopen" on={on} />
      <CommandButton id="ticket.edit" on={on} />
      <CommandButton id="ticket.delete" on={on} />
    </>
  );
});

function Gone() {
  return (
    <Alert color="orange" role="status">
      <Trans>
        You cannot see this ticket any more: it was deleted, or somebody else works on it now. This
        is how you saw it last.
      </Trans>
    </Alert>
  );
}

function BackLink() {
  return (
    <Link
      to="/tickets"
      search={lastQueue()}
      style={{ display: 'inline-flex', alignItems: 'center', color: 'inherit' }}
    >
      <IconChevronLeft size={16} aria-hidden />
      <Trans>Tickets</Trans>
    </Link>
  );
}
