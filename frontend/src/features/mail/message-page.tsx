import { Trans, useLingui } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import {
  discardMailMessage,
  getMailMessageSource,
  type MailMessageDetail,
  processMailMessage,
} from '@/lib/api';
import { getMailMessageOptions } from '@/lib/api/@tanstack/react-query.gen';
import { explain } from '@/lib/problem';
import { announce } from '@/lib/status-line';
import { Page } from '@/ui/page';
import { RelativeTime } from '@/ui/relative-time';
import { Fetched } from '@/ui/states';
import { TextLink } from '@/ui/text-link';
import classes from './mail.module.css';
import { Parts, Trace } from './parts';
import { MailStatePill } from './state-pill';
import { useMailWrite } from './write';

const must = { throwOnError: true } as const;
const shown = 256 * 1024;

/** One message: as it came, what it says, and why it went where it is. */
export function MailMessagePage() {
  const { t } = useLingui();
  const id = Number(useParams({ from: '/app/mail/$id' }).id);
  const message = useQuery(getMailMessageOptions({ path: { id } }));
  return (
    <Page title={message.data?.subject || t`Message ${id}`}>
      <Fetched query={message}>{(found) => <Message message={found} />}</Fetched>
    </Page>
  );
}

function Message({ message }: { message: MailMessageDetail }) {
  const { t } = useLingui();
  const write = useMailWrite();
  const { id, state, ticket_id: ticket } = message;
  const from = `${message.from_name} <${message.from_address}>`.trim();
  const to = message.envelope_to.join(', ');
  const process = (accept: boolean) =>
    write.mutate(() => processMailMessage({ path: { id }, body: { accept }, ...must }), {
      onSuccess: () => announce(t`The message was handled again`),
    });
  return (
    <>
      <div className={classes.title}>
        <MailStatePill state={state} />
        {ticket && (
          <TextLink to="/tickets/$ticketId" params={{ ticketId: String(ticket) }}>
            <Trans>Ticket #{ticket}</Trans>
          </TextLink>
        )}
      </div>
      {message.reason_text && <p className={classes.problem}>{message.reason_text}</p>}
      <p className={classes.meta}>
        <Trans>
          From {from} to {to}
        </Trans>
        , <RelativeTime iso={message.received_at} />
      </p>
      {state !== 'done' && (
        <div className={classes.actions}>
          <Button variant="default" loading={write.isPending} onClick={() => process(false)}>
            <Trans>Process again</Trans>
          </Button>
          {(state === 'held' || state === 'ignored') && (
            <Button variant="default" disabled={write.isPending} onClick={() => process(true)}>
              <Trans>Let it in</Trans>
            </Button>
          )}
          {(state === 'held' || state === 'failed') && (
            <Button
              variant="default"
              disabled={write.isPending}
              onClick={() => write.mutate(() => discardMailMessage({ path: { id }, ...must }))}
            >
              <Trans>Discard</Trans>
            </Button>
          )}
        </div>
      )}
      <Trace steps={message.trace} />
      {message.parts && <Parts parts={message.parts} />}
      <Source id={id} />
    </>
  );
}

/** The message as it came, fetched when somebody asks for it. */
function Source({ id }: { id: number }) {
  const { t } = useLingui();
  const [text, setText] = useState<string>();
  const fetchSource = async () => {
    const { data } = await getMailMessageSource({ path: { id }, parseAs: 'blob', ...must });
    return data as unknown as Blob;
  };
  const look = async () => {
    try {
      setText(await (await fetchSource()).slice(0, shown).text());
    } catch (error) {
      announce(explain(error), 'bad');
    }
  };
  const save = async () => {
    try {
      const link = document.createElement('a');
      link.href = URL.createObjectURL(await fetchSource());
      link.download = `message-${id}.eml`;
      link.click();
      URL.revokeObjectURL(link.href);
    } catch (error) {
      announce(explain(error), 'bad');
    }
  };
  return (
    <section className={classes.section} aria-label={t`Source`}>
      <h2>
        <Trans>Source</Trans>
      </h2>
      <div className={classes.actions}>
        <Button variant="default" onClick={() => void look()}>
          <Trans>Show the source</Trans>
        </Button>
        <Button variant="default" onClick={() => void save()}>
          <Trans>Download (.eml)</Trans>
        </Button>
      </div>
      {text !== undefined && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it
        <pre className={classes.source} tabIndex={0}>
          {text}
        </pre>
      )}
    </section>
  );
}
