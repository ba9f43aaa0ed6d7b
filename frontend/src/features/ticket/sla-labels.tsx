import type { MessageDescriptor } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import { Trans, useLingui } from '@lingui/react/macro';
import {
  IconAlarm,
  IconAlertTriangle,
  IconCircleCheck,
  IconClock,
  IconPlayerPause,
} from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { SlaClock, TicketEvent } from '@/lib/api';
import { Pill, type PillTone } from '@/ui/pill';

/** The targets in words. */
export const targets: Record<SlaClock['target'], MessageDescriptor> = {
  first_response: msg`First response`,
  next_response: msg`Next response`,
  resolution: msg`Resolution`,
};

const states: Record<
  SlaClock['state'],
  { label: MessageDescriptor; tone: PillTone; icon: ReactNode }
> = {
  running: { label: msg`In time`, tone: 'blue', icon: <IconClock size={14} /> },
  at_risk: { label: msg`At risk`, tone: 'orange', icon: <IconAlarm size={14} /> },
  paused: { label: msg`Paused`, tone: 'grey', icon: <IconPlayerPause size={14} /> },
  met: { label: msg`Met`, tone: 'green', icon: <IconCircleCheck size={14} /> },
  breached: { label: msg`Breached`, tone: 'red', icon: <IconAlertTriangle size={14} /> },
};

/** How a clock stands: an icon and a word. */
export function SlaPill({ state }: { state: SlaClock['state'] }) {
  const { i18n } = useLingui();
  const { label, tone, icon } = states[state];
  return (
    <Pill tone={tone} icon={icon}>
      {i18n._(label)}
    </Pill>
  );
}

/** What an SLA said about a ticket, as a line of its timeline. */
export function SlaSentence({ event }: { event: TicketEvent }) {
  const { i18n } = useLingui();
  const data = event.data as { target?: SlaClock['target']; policy?: string; refused?: string[] };
  const what = data.target ? i18n._(targets[data.target]) : '';
  const policy = data.policy ?? '';
  switch (event.type) {
    case 'note.sla_at_risk':
      return (
        <Trans>
          {what} is at risk ({policy})
        </Trans>
      );
    case 'note.sla_breached':
      return (
        <Trans>
          The time for {what} is up ({policy})
        </Trans>
      );
    default:
      return (
        <>
          <Trans>
            Escalated: {what} ({policy})
          </Trans>
          {data.refused?.includes('assign') ? (
            <>
              {' · '}
              <Trans>not assigned: whom the step names can take no tickets now</Trans>
            </>
          ) : null}
          {data.refused?.includes('notify') ? (
            <>
              {' · '}
              <Trans>not everybody was told: who the step names does not see this ticket</Trans>
            </>
          ) : null}
        </>
      );
  }
}
