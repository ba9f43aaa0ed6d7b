import { Trans, useLingui } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { IconClock, IconLock } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Message } from '@/lib/api';
import { rescueFocus } from '@/lib/navigation';
import { explain } from '@/lib/problem';
import { announce } from '@/lib/status-line';
import { RichText } from '@/ui/rich-text';
import classes from './conversation.module.css';
import { sendAtOnce } from './messages';

/** What was sent and can still be taken back; nobody else sees it yet. */
export function HeldMessage({
  message,
  onUnsend,
  onSent,
}: {
  message: Message;
  onUnsend: (message: Message) => Promise<void>;
  /** Puts the focus where one goes on writing. */
  onSent: () => void;
}) {
  const { t } = useLingui();
  const client = useQueryClient();
  const [busy, setBusy] = useState(false);
  const run = (what: () => Promise<void>) => () => {
    setBusy(true);
    what()
      .catch((error) => announce(explain(error), 'bad'))
      .finally(() => setBusy(false));
  };
  const note = message.kind === 'note';
  return (
    <div className={`${classes.held} ${note ? classes.note : ''}`}>
      <div className={classes.head}>
        <span className={classes.badge}>
          {note ? <IconLock size={14} aria-hidden /> : <IconClock size={14} aria-hidden />}
          {note ? <Trans>Internal note, about to be added</Trans> : <Trans>About to be sent</Trans>}
        </span>
        <span className={classes.tools}>
          <Button
            size="compact-xs"
            variant="default"
            disabled={busy}
            onClick={run(() => onUnsend(message))}
          >
            <Trans>Take back</Trans>
          </Button>
          <Button
            size="compact-xs"
            variant="subtle"
            disabled={busy}
            onClick={run(async () => {
              await sendAtOnce(client, message);
              rescueFocus(onSent);
            })}
            aria-label={note ? t`Add the internal note now` : t`Send the reply now`}
          >
            <Trans>Send now</Trans>
          </Button>
        </span>
      </div>
      <RichText html={message.content_html} />
    </div>
  );
}
