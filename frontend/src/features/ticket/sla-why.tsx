import type { MessageDescriptor } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import { Trans, useLingui } from '@lingui/react/macro';
import type { SlaClock, SlaStretch, TicketSla } from '@/lib/api';
import { exactTime, timeZone } from '@/lib/time';
import { Dialog } from '@/ui/dialog';
import { spellHours } from './duration';
import classes from './sla-box.module.css';
import { SlaPill, targets } from './sla-labels';

const reasons: Record<SlaStretch['reason'], MessageDescriptor> = {
  working: msg`Working hours`,
  closed: msg`Outside working hours`,
  holiday: msg`Holiday`,
  waiting: msg`Waiting for the requester`,
  done: msg`The ticket was done`,
};

/** Every stretch of time of a ticket's clocks, and why it counts or does not. */
export function WhyDialog({ sla, onClose }: { sla: TicketSla; onClose: () => void }) {
  const { t } = useLingui();
  return (
    <Dialog title={t`Why this time?`} size="xl" onClose={onClose}>
      <SlaClocks clocks={sla.clocks} />
    </Dialog>
  );
}

export function SlaClocks({ clocks }: { clocks: SlaClock[] }) {
  return [...clocks]
    .reverse()
    .map((clock) => <ClockPart key={`${clock.target} ${clock.started_at}`} clock={clock} />);
}

function ClockPart({ clock }: { clock: SlaClock }) {
  const { t, i18n } = useLingui();
  const when = (iso: string) => exactTime(iso, i18n.locale);
  const brief = new Intl.DateTimeFormat(i18n.locale, {
    weekday: 'short',
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZone: timeZone(),
  });
  const target = i18n._(targets[clock.target]);
  const goal = i18n._(spellHours(clock.goal_seconds));
  const elapsed = i18n._(spellHours(clock.elapsed_seconds));
  const policy = clock.policy?.name ?? t`a policy that was deleted`;
  const hours = clock.calendar?.name ?? t`around the clock`;
  const zone = clock.zone;
  const pausedIn = clock.paused_in;
  const leftOut = clock.left_out;
  return (
    <section className={classes.clock}>
      <h3>
        {target} <SlaPill state={clock.state} />
      </h3>
      <p>
        <Trans>
          {elapsed} of {goal} have counted. Policy: {policy}. Hours: {hours} ({zone}).
        </Trans>{' '}
        {clock.due_at && !clock.stopped_at && (
          <Trans>If nothing else happens, the time is up {when(clock.due_at)}.</Trans>
        )}
        {clock.paused_in && <Trans>The time stands still in the status {pausedIn}.</Trans>}
        {clock.paused_because === 'waiting' && !clock.paused_in && (
          <Trans>The time stands still until the requester writes.</Trans>
        )}
        {clock.paused_because === 'closed_for_good' && (
          <Trans>The calendar has too few working hours to ever reach the time.</Trans>
        )}
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by key */}
      <section className={classes.scroll} aria-label={target} tabIndex={0}>
        <table className={classes.table}>
          <thead>
            <tr>
              <th scope="col">
                <Trans>From</Trans>
              </th>
              <th scope="col">
                <Trans>To</Trans>
              </th>
              <th scope="col">
                <Trans>Why</Trans>
              </th>
              <th scope="col" className={classes.number}>
                <Trans>Counts</Trans>
              </th>
            </tr>
          </thead>
          <tbody>
            {leftOut > 0 && (
              <tr data-counts="false">
                <td colSpan={4}>
                  <Trans>{leftOut} earlier stretches are not shown.</Trans>
                </td>
              </tr>
            )}
            {clock.stretches.map((stretch) => (
              <tr key={stretch.from} data-counts={stretch.counts}>
                <td title={when(stretch.from)}>{brief.format(new Date(stretch.from))}</td>
                <td title={when(stretch.to)}>{brief.format(new Date(stretch.to))}</td>
                <td>
                  {stretch.substatus ? (
                    <InStatus label={stretch.substatus} />
                  ) : (
                    i18n._(reasons[stretch.reason])
                  )}
                  {stretch.holiday && `: ${stretch.holiday}`}
                  {stretch.ahead && ` (${t`to come`})`}
                </td>
                <td className={classes.number}>
                  {stretch.counts ? i18n._(spellHours(stretch.seconds)) : t`no`}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </section>
  );
}

function InStatus({ label }: { label: string }) {
  return <Trans>In the status {label}</Trans>;
}
