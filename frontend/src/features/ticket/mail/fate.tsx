import { msg } from '@lingui/core/macro';
import { Trans, useLingui } from '@lingui/react/macro';
import {
  IconAlertTriangle,
  IconBan,
  IconClock,
  IconHourglass,
  IconMailCheck,
  IconMailOff,
  IconMailX,
  IconRefresh,
} from '@tabler/icons-react';
import type { MailDelivery } from '@/lib/api';
import { personName } from '@/ui/person';
import { Pill } from '@/ui/pill';
import { RelativeTime } from '@/ui/relative-time';
import classes from './mail.module.css';

const fates = {
  waiting: { label: msg`On its way`, tone: 'blue', icon: IconClock },
  retrying: { label: msg`Tried again`, tone: 'orange', icon: IconRefresh },
  sent: { label: msg`Sent`, tone: 'green', icon: IconMailCheck },
  delayed: { label: msg`Delayed`, tone: 'orange', icon: IconHourglass },
  bounced: { label: msg`Returned`, tone: 'red', icon: IconMailX },
  given_up: { label: msg`Given up`, tone: 'red', icon: IconAlertTriangle },
  cancelled: { label: msg`Not sent`, tone: 'grey', icon: IconBan },
  held_back: { label: msg`Held back`, tone: 'orange', icon: IconMailOff },
} as const;

/** What became of a mail, in a word. */
export function FatePill({ fate }: { fate: MailDelivery['fate'] }) {
  const { i18n } = useLingui();
  const { label, tone, icon: Icon } = fates[fate];
  return (
    <Pill tone={tone} icon={<Icon size={14} aria-hidden />}>
      {i18n._(label)}
    </Pill>
  );
}

/** Whom a mail went to, as far as the reader may know. */
export function recipient({ person, address }: MailDelivery): string {
  if (!person) return address;
  return address ? `${personName(person)} <${address}>` : personName(person);
}

/** What became of a mail, and when. */
export function Delivery({ one }: { one: MailDelivery }) {
  const { attempts, status, next_at: next } = one;
  const at = one.bounced_at ?? one.delayed_at ?? one.finished_at ?? one.created_at;
  return (
    <>
      <FatePill fate={one.fate} /> <bdi className={classes.who}>{recipient(one)}</bdi>{' '}
      <RelativeTime iso={at} />
      {next && (
        <>
          {' · '}
          <Trans>
            after {attempts} tries, again <RelativeTime ahead iso={next} />
          </Trans>
        </>
      )}
      {one.fate === 'held_back' && (
        <>
          {' · '}
          <Trans>mail to this address does not arrive</Trans>
        </>
      )}
      {one.fate === 'delayed' && (
        <>
          {' · '}
          <Trans>not arrived yet, still tried</Trans>
        </>
      )}
      {status && <> · {status}</>}
      {one.problem && <p className={classes.problem}>{one.problem}</p>}
    </>
  );
}
