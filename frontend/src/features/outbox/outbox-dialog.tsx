import { plural } from '@lingui/core/macro';
import { Trans, useLingui } from '@lingui/react/macro';
import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { cancelEntry, describeEntry, fieldsInWords, ticketOf } from '@/features/ticket';
import { drain, tryAgain } from '@/lib/offline/outbox';
import { type Entry, isShown, useOutbox } from '@/lib/offline/state';
import { useOnline } from '@/lib/online';
import { ApiError, explain } from '@/lib/problem';
import { signOut } from '@/lib/session-end';
import { Dialog } from '@/ui/dialog';
import { PlainText } from '@/ui/plain-text';
import { RelativeTime } from '@/ui/relative-time';
import { TextLink } from '@/ui/text-link';
import classes from './outbox.module.css';

/** What waits to be sent, what was refused and why, and what can be done about it. */
export function OutboxDialog({ leaving, onClose }: { leaving: boolean; onClose: () => void }) {
  const { t } = useLingui();
  const online = useOnline();
  const { entries, sending } = useOutbox();
  const shown = entries.filter(isShown);
  const waiting = shown.some(({ refusal }) => !refusal);
  const title = leaving ? t`Sign out with unsent changes?` : t`Changes that wait to be sent`;
  return (
    <Dialog title={title} size="lg" onClose={onClose}>
      <Stack>
        {leaving && (
          <Alert color="orange">
            <p style={{ margin: '0 0 8px' }}>
              {plural(shown.length, {
                one: 'Signing out discards # change that was not sent yet.',
                other: 'Signing out discards # changes that were not sent yet.',
              })}
            </p>
            <Group gap="xs">
              <Button size="xs" color="red" onClick={() => void signOut(true)}>
                <Trans>Discard them and sign out</Trans>
              </Button>
              <Button size="xs" variant="default" onClick={onClose}>
                <Trans>Stay signed in</Trans>
              </Button>
            </Group>
          </Alert>
        )}
        {shown.length === 0 ? (
          <Text size="sm">
            <Trans>Everything is sent. What you do without a network waits here.</Trans>
          </Text>
        ) : (
          <ul className={classes.list}>
            {shown.map((entry) => (
              <Item key={entry.id} entry={entry} onLeave={onClose} />
            ))}
          </ul>
        )}
        {waiting && (
          <Group>
            <Button
              variant="default"
              disabled={!online}
              loading={sending}
              onClick={() => void drain()}
            >
              <Trans>Send now</Trans>
            </Button>
            {!online && (
              <Text size="sm" c="dimmed">
                <Trans>You are offline. They are sent by themselves as soon as you are back.</Trans>
              </Text>
            )}
          </Group>
        )}
      </Stack>
    </Dialog>
  );
}

function Item({ entry, onLeave }: { entry: Entry; onLeave: () => void }) {
  const { t } = useLingui();
  const client = useQueryClient();
  const { what, text } = describeEntry(client, entry);
  const { refusal } = entry;
  const ticket = ticketOf(entry);
  const again = refusal?.theirs
    ? t`Replace it with mine`
    : refusal?.code === 'ticket.answered'
      ? t`Send anyway`
      : t`Try again`;
  return (
    <li className={classes.entry}>
      <div className={classes.head}>
        {ticket !== null && (
          <TextLink to="/tickets/$ticketId" params={{ ticketId: String(ticket) }} onClick={onLeave}>
            #{ticket}
          </TextLink>
        )}
        <span>{what}</span>
        <span className={classes.when}>
          <RelativeTime iso={new Date(entry.at).toISOString()} />
        </span>
      </div>
      {refusal && (
        <Text size="sm" c="var(--mantine-color-error)">
          <Reason entry={entry} />
        </Text>
      )}
      {refusal?.theirs ? (
        <div className={classes.versions}>
          <Version heading={t`On the server now`} text={theirText(entry, refusal.theirs)} />
          <Version heading={t`Your change`} text={text ?? what} />
        </div>
      ) : (
        text && (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard has to reach it
          <section className={classes.text} tabIndex={0} aria-label={what}>
            <PlainText text={text} />
          </section>
        )
      )}
      <Group gap="xs">
        {refusal && (
          <Button size="xs" onClick={() => void tryAgain(entry)}>
            {again}
          </Button>
        )}
        <Button size="xs" variant="default" onClick={() => void cancelEntry(client, entry)}>
          {refusal ? <Trans>Discard my change</Trans> : <Trans>Do not send</Trans>}
        </Button>
      </Group>
    </li>
  );
}

function theirText(entry: Entry, theirs: Record<string, unknown>): string {
  if (entry.path.endsWith('/assign')) return fieldsInWords({ assigned_to: theirs.assigned_to });
  const names = Object.keys(entry.body ?? { title: '', content: '' });
  return fieldsInWords(
    Object.fromEntries(names.filter((name) => name in theirs).map((name) => [name, theirs[name]])),
  );
}

function Reason({ entry: { refusal } }: { entry: Entry }) {
  if (!refusal) return null;
  if (refusal.code === 'offline.unknown') {
    return (
      <Trans>
        This was sent, but no answer came for a day. Look whether it has arrived before you send it
        again.
      </Trans>
    );
  }
  if (refusal.code === 'ticket.answered') {
    return <Trans>Somebody answered meanwhile. Does your answer still fit?</Trans>;
  }
  if (refusal.status === 412) {
    return <Trans>Somebody changed this in the meantime.</Trans>;
  }
  return explain(new ApiError(refusal.status, { code: refusal.code, detail: refusal.detail }));
}

function Version({ heading, text }: { heading: string; text: string }) {
  return (
    <section className={classes.version} aria-label={heading}>
      <h3>{heading}</h3>
      <PlainText text={text} />
    </section>
  );
}
