import { Plural, Trans } from '@lingui/react/macro';
import { IconMail } from '@tabler/icons-react';
import type { MailDelivery, MailReceived } from '@/lib/api';
import { useCan } from '@/lib/can';
import { TextLink } from '@/ui/text-link';
import { Delivery } from './fate';
import { useMailLog, worst } from './log';
import classes from './mail.module.css';

/**
 * That a text came by mail, and what became of the mails that carry it; nothing for
 * most. `commentId` null is the description.
 */
export function MailLine({ ticketId, commentId }: { ticketId: number; commentId: number | null }) {
  const log = useMailLog(ticketId, true);
  if (!log.data) return null;
  const came = log.data.received.find(
    (one) => one.comment_id === commentId && one.state === 'done',
  );
  const sent = log.data.sent.filter(
    (one) => one.comment_id === commentId && (commentId !== null || one.kind !== 'finished'),
  );
  if (!came && sent.length === 0) return null;
  return (
    <div className={classes.line}>
      {came && <Came one={came} />}
      {sent.length > 0 && (
        <details className={classes.sent}>
          <summary>
            <Summary sent={sent} />
          </summary>
          <ul className={classes.list}>
            {sent.map((one) => (
              <li key={one.id}>
                <Delivery one={one} />
              </li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}

/** Where a text came from; with the page of the message for those who may see it. */
export function Came({ one }: { one: MailReceived }) {
  const opens = useCan('desk.configure');
  const { from_address: from } = one;
  const id = String(one.id);
  return (
    <span className={classes.came}>
      <IconMail size={14} aria-hidden />
      <span>
        {opens ? (
          <Trans>
            By mail from{' '}
            <TextLink to="/mail/$id" params={{ id }} inherit>
              {from}
            </TextLink>
          </Trans>
        ) : (
          <Trans>By mail from {from}</Trans>
        )}
      </span>
    </span>
  );
}

function Summary({ sent }: { sent: MailDelivery[] }) {
  const fate = worst(sent);
  const same = sent.filter((one) => one.fate === fate).length;
  switch (fate) {
    case 'bounced':
    case 'given_up':
    case 'held_back':
      return (
        <span className={classes.bad}>
          <Plural value={same} one="A mail did not arrive" other="# mails did not arrive" />
        </span>
      );
    case 'delayed':
      return (
        <Plural
          value={same}
          one="A mail has not arrived yet"
          other="# mails have not arrived yet"
        />
      );
    case 'retrying':
      return (
        <Plural
          value={same}
          one="The mail server did not take a mail yet"
          other="The mail server did not take # mails yet"
        />
      );
    case 'waiting':
      return <Plural value={same} one="A mail is on its way" other="# mails are on their way" />;
    case 'sent':
      return <Plural value={same} one="Mailed to one person" other="Mailed to # people" />;
    default:
      return <Trans>No mail was sent</Trans>;
  }
}
