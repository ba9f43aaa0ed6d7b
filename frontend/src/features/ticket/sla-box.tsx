import { Trans, useLingui } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { lazy, memo, Suspense, useEffect, useRef, useState } from 'react';
import type { SlaClock, TicketDetail } from '@/lib/api';
import { getTicketSlaOptions } from '@/lib/api/@tanstack/react-query.gen';
import { useCan } from '@/lib/can';
import { exactTime } from '@/lib/time';
import { RelativeTime } from '@/ui/relative-time';
import { DueBadge } from './due-badge';
import classes from './sla-box.module.css';
import { SlaPill, targets } from './sla-labels';

const WhyDialog = lazy(() => import('./sla-why').then((m) => ({ default: m.WhyDialog })));

/** By when what must happen on a ticket, and the way to see why. */
export const SlaBox = memo(function SlaBox({ ticket }: { ticket: TicketDetail }) {
  const works = useCan('ticket.work');
  // What is due by hand alone is among the properties.
  if (works ? !ticket.sla_state : !ticket.due_at) return null;
  return works ? <StaffBox ticket={ticket} /> : <RequesterLine ticket={ticket} />;
});

/** Requesters see by when they can expect something, as long as that is to come. */
function RequesterLine({ ticket }: { ticket: TicketDetail }) {
  if (!ticket.due_at || new Date(ticket.due_at).getTime() < Date.now()) return null;
  return (
    <p className={classes.line}>
      <Trans>
        You can expect to hear from us <RelativeTime long ahead iso={ticket.due_at} />.
      </Trans>
    </p>
  );
}

/** The clocks that run, and those that have just been judged. */
function shown(clocks: SlaClock[]): SlaClock[] {
  const last = new Map<string, SlaClock>();
  for (const clock of clocks) last.set(clock.target, clock);
  return [...last.values()];
}

function StaffBox({ ticket }: { ticket: TicketDetail }) {
  const { t, i18n } = useLingui();
  const [why, setWhy] = useState(false);
  const query = useQuery({
    ...getTicketSlaOptions({ path: { id: ticket.id } }),
    placeholderData: keepPreviousData,
  });
  // What is counted follows from the ticket: asked for again when that has changed.
  const stamp = `${ticket.updated_at} ${ticket.version} ${ticket.due_at} ${ticket.sla_state}`;
  const asked = useRef(stamp);
  const { refetch } = query;
  useEffect(() => {
    if (asked.current === stamp) return;
    asked.current = stamp;
    void refetch();
  }, [stamp, refetch]);
  const clocks = shown(query.data?.clocks ?? []);
  return (
    <section className={classes.box} aria-label={t`SLA`}>
      <div className={classes.head}>
        <h2>
          <Trans>SLA</Trans>
        </h2>
        <DueBadge ticket={ticket} />
      </div>
      <dl className={classes.clocks}>
        {clocks.map((clock) => (
          <div key={clock.target}>
            <dt>{i18n._(targets[clock.target])}</dt>
            <dd>
              <SlaPill state={clock.state} />
              {clock.due_at && !clock.stopped_at && (
                <span className={classes.due}>{exactTime(clock.due_at, i18n.locale)}</span>
              )}
            </dd>
          </div>
        ))}
      </dl>
      <Button
        size="compact-sm"
        variant="default"
        aria-haspopup="dialog"
        disabled={!query.data}
        onClick={() => setWhy(true)}
      >
        <Trans>Why this time?</Trans>
      </Button>
      {why && query.data && (
        <Suspense>
          <WhyDialog sla={query.data} onClose={() => setWhy(false)} />
        </Suspense>
      )}
    </section>
  );
}
