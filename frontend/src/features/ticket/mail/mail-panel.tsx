import { msg } from '@lingui/core/macro';
import { Trans, useLingui } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { useState } from 'react';
import type { MailDelivery, MailReceived } from '@/lib/api';
import { useCan } from '@/lib/can';
import { Fold } from '@/ui/fold';
import { RelativeTime } from '@/ui/relative-time';
import { Delivery } from './fate';
import { useMailLog } from './log';
import classes from './mail.module.css';
import { Came } from './mail-line';

/** So many are shown at first. */
const most = 8;

const kinds = {
  received: msg`Acknowledgement`,
  opened: msg`Opened for them`,
  reply: msg`Answer`,
  finished: msg`Resolved or closed`,
} as const;

type Entry =
  | { at: string; key: string; came: MailReceived }
  | { at: string; key: string; sent: MailDelivery };

/** All mail of a ticket, the newest first; nothing where there is none. */
export function MailPanel({ ticketId }: { ticketId: number }) {
  const { t } = useLingui();
  const [all, setAll] = useState(false);
  const log = useMailLog(ticketId, useCan('note.read'));
  // Beside the ticket: a failure here is no reason to alarm anybody.
  if (!log.data) return null;
  const entries: Entry[] = [
    ...log.data.received.map((came) => ({ at: came.received_at, key: `in${came.id}`, came })),
    ...log.data.sent.map((sent) => ({ at: sent.created_at, key: `out${sent.id}`, sent })),
  ].sort((a, b) => Date.parse(b.at) - Date.parse(a.at));
  if (entries.length === 0) return null;
  return (
    <Fold name="mail" closed label={t`Mail of this ticket`} title={<Trans>Mail</Trans>}>
      <ul className={classes.list}>
        {(all ? entries : entries.slice(0, most)).map((entry) => (
          <li key={entry.key}>
            {'came' in entry ? <Received one={entry.came} /> : <Sent one={entry.sent} />}
          </li>
        ))}
      </ul>
      {!all && entries.length > most && (
        <Button size="compact-xs" variant="subtle" onClick={() => setAll(true)}>
          <Trans>Show all mail ({entries.length})</Trans>
        </Button>
      )}
    </Fold>
  );
}

function Received({ one }: { one: MailReceived }) {
  return (
    <>
      <Came one={one} /> <RelativeTime iso={one.received_at} />
      {one.state !== 'done' && one.reason_text && (
        <>
          {' · '}
          {one.reason_text}
        </>
      )}
    </>
  );
}

function Sent({ one }: { one: MailDelivery }) {
  const { i18n } = useLingui();
  return (
    <>
      {i18n._(kinds[one.kind])}: <Delivery one={one} />
    </>
  );
}
