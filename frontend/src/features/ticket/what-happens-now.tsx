import { Trans } from '@lingui/react/macro';
import type { TicketDetail } from '@/lib/api';
import { personName } from '@/ui/person';
import { RelativeTime } from '@/ui/relative-time';
import { SlaBox } from './sla-box';
import classes from './what-happens-now.module.css';

/** For requesters: who has it and what comes next, in a sentence. */
export function WhatHappensNow({ ticket }: { ticket: TicketDetail }) {
  return (
    <section className={classes.box}>
      <p>
        <Sentence ticket={ticket} />
      </p>
      <SlaBox ticket={ticket} />
    </section>
  );
}

function Sentence({ ticket }: { ticket: TicketDetail }) {
  const who = ticket.assigned_to ? personName(ticket.assigned_to) : '';
  switch (ticket.status) {
    case 'open':
      return who ? (
        <Trans>{who} has your ticket and will look at it next.</Trans>
      ) : (
        <Trans>Your ticket waits for somebody from IT to take it. You can add details below.</Trans>
      );
    case 'in_progress':
      return who ? (
        <Trans>{who} is working on it.</Trans>
      ) : (
        <Trans>Somebody from IT is working on it.</Trans>
      );
    case 'resolved':
      return (
        <Trans>
          Solved <RelativeTime long iso={ticket.resolved_at ?? ticket.updated_at} />. Not fixed?
          Write below, or reopen it.
        </Trans>
      );
    case 'closed':
      return ticket.can.reopen ? (
        <Trans>
          Closed <RelativeTime long iso={ticket.closed_at ?? ticket.updated_at} />. If the problem
          is back, reopen it.
        </Trans>
      ) : (
        <Trans>
          Closed <RelativeTime long iso={ticket.closed_at ?? ticket.updated_at} />. If the problem
          is back, please create a new ticket.
        </Trans>
      );
  }
}
