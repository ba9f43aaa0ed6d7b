import { Trans, useLingui } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import {
  replayWebhookDelivery,
  type Webhook,
  type WebhookAttempt,
  type WebhookDelivery,
  type WebhookDeliveryLog,
} from '@/lib/api';
import { getWebhookDeliveryOptions } from '@/lib/api/@tanstack/react-query.gen';
import { announce } from '@/lib/status-line';
import { exactTime } from '@/lib/time';
import { RelativeTime } from '@/ui/relative-time';
import { Fetched, SkeletonRows } from '@/ui/states';
import { TextLink } from '@/ui/text-link';
import { DeliveryStatePill } from './state-pill';
import classes from './webhook.module.css';
import { isChat, typeLabels } from './words';
import { must, useWebhookWrite } from './write';

/** One event on its way to a webhook. */
export function DeliveryRow(props: { delivery: WebhookDelivery; webhook: Webhook }) {
  const { delivery, webhook } = props;
  const { t, i18n } = useLingui();
  const write = useWebhookWrite();
  const [open, setOpen] = useState(false);
  const details = useId();
  const { id, type, attempts, ticket_id: ticket, last_status: status } = delivery;
  const name =
    type === 'webhook.test' ? t`Test` : typeLabels[type] ? i18n._(typeLabels[type]) : type;
  return (
    <li className={classes.row}>
      <div className={classes.main}>
        <span className={classes.title}>
          {name}
          <DeliveryStatePill state={delivery.state} />
        </span>
        <p className={classes.meta}>
          {ticket && (
            <>
              <TextLink to="/tickets/$ticketId" params={{ ticketId: String(ticket) }}>
                #{ticket}
              </TextLink>{' '}
              ·{' '}
            </>
          )}
          <RelativeTime iso={delivery.created_at} /> · <Trans>tries: {attempts}</Trans>
          {status !== null && (
            <>
              {' '}
              · <Trans>answer {status}</Trans>
            </>
          )}
          {delivery.state === 'pending' && delivery.next_at && (
            <>
              {' '}
              ·{' '}
              <Trans>
                next try <RelativeTime ahead iso={delivery.next_at} />
              </Trans>
            </>
          )}
        </p>
        {delivery.state !== 'delivered' && delivery.last_error && (
          <p className={classes.problem}>{delivery.last_error}</p>
        )}
      </div>
      <div className={classes.actions}>
        <Button
          size="compact-sm"
          variant="default"
          aria-expanded={open}
          aria-controls={open ? details : undefined}
          aria-label={t`Details of delivery ${id}`}
          onClick={() => setOpen(!open)}
        >
          <Trans>Details</Trans>
        </Button>
        {delivery.state !== 'pending' && (
          <Button
            size="compact-sm"
            variant="default"
            loading={write.isPending}
            aria-label={t`Send again: delivery ${id}`}
            onClick={() =>
              write.mutate(async () => {
                await replayWebhookDelivery({ path: { id }, ...must });
                announce(t`It is sent again`);
              })
            }
          >
            <Trans>Send again</Trans>
          </Button>
        )}
      </div>
      {open && (
        <div id={details} className={classes.details}>
          <Log id={id} state={delivery.state} webhook={webhook} />
        </div>
      )}
    </li>
  );
}

function Log(props: { id: number; state: string; webhook: Webhook }) {
  const { id, webhook } = props;
  const log = useQuery({
    ...getWebhookDeliveryOptions({ path: { id } }),
    staleTime: 0,
    refetchInterval: props.state === 'pending' ? 5000 : false,
  });
  return (
    <Fetched query={log} skeleton={<SkeletonRows rows={3} />}>
      {(found) => (
        <>
          <h3>
            <Trans>Request</Trans>
          </h3>
          <Source text={requestOf(found, webhook)} />
          <h3>
            <Trans>Tries</Trans>
          </h3>
          {found.log.length === 0 ? (
            <Trans>It was not tried yet.</Trans>
          ) : (
            <ol className={classes.tries} reversed>
              {found.log.map((one) => (
                <Try key={one.id} attempt={one} />
              ))}
            </ol>
          )}
        </>
      )}
    </Fetched>
  );
}

/** What is sent, as it goes over the wire; the signature is another one at each try. */
function requestOf(found: WebhookDeliveryLog, webhook: Webhook): string {
  const head = [`POST ${webhook.url}`, 'content-type: application/json'];
  if (!isChat(webhook.kind)) {
    head.push(`webhook-id: ${found.message_id}`, 'webhook-timestamp: …', 'webhook-signature: v1,…');
  }
  const body = found.log.find(({ request }) => request)?.request || found.payload;
  return `${head.join('\n')}\n\n${pretty(body)}`;
}

function pretty(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json), null, 2);
  } catch {
    return json;
  }
}

function Try({ attempt }: { attempt: WebhookAttempt }) {
  const { i18n } = useLingui();
  const { status, duration_ms: ms } = attempt;
  const at = exactTime(attempt.at, i18n.locale);
  return (
    <li>
      {at} · {status === null ? <Trans>no answer</Trans> : <Trans>answer {status}</Trans>} ·{' '}
      <Trans>{ms} ms</Trans>
      {attempt.error && <div>{attempt.error}</div>}
      {attempt.response && <Source text={attempt.response} />}
    </li>
  );
}

function Source({ text }: { text: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it
    <pre className={classes.source} tabIndex={0}>
      {text}
    </pre>
  );
}
