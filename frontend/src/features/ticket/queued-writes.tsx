import { Trans, useLingui } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { IconCloudUp } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { isShown, openOutbox, useOutbox } from '@/lib/offline/state';
import { PlainText } from '@/ui/plain-text';
import classes from './conversation.module.css';
import { cancelEntry } from './queued-cancel';
import { describeEntry, ticketOf } from './queued-words';

/** What was done to this ticket and waits for the network. */
export function QueuedWrites({ ticketId }: { ticketId: number }) {
  const { t } = useLingui();
  const client = useQueryClient();
  const entries = useOutbox().entries.filter(
    (entry) => isShown(entry) && ticketOf(entry) === ticketId,
  );
  return entries.map((entry) => {
    const { what, text } = describeEntry(client, entry);
    return (
      <section key={entry.id} className={classes.held} aria-label={t`Waits to be sent: ${what}`}>
        <div className={classes.head}>
          <span className={classes.badge}>
            <IconCloudUp size={14} aria-hidden />
            {entry.refusal ? (
              <Trans>Not accepted: {what}</Trans>
            ) : (
              <Trans>Waits to be sent: {what}</Trans>
            )}
          </span>
          <span className={classes.tools}>
            <Button
              size="compact-xs"
              variant="default"
              onClick={async () => {
                if (entry.refusal) return openOutbox();
                await cancelEntry(client, entry);
              }}
            >
              {entry.refusal ? <Trans>Decide</Trans> : <Trans>Do not send</Trans>}
            </Button>
          </span>
        </div>
        {text && <PlainText text={text} />}
      </section>
    );
  });
}
