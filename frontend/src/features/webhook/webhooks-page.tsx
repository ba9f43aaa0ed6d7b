import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { Button, Switch } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { updateWebhook, type Webhook } from '@/lib/api';
import { listWebhooksOptions } from '@/lib/api/@tanstack/react-query.gen';
import { ifMatch } from '@/lib/etag';
import { Page } from '@/ui/page';
import { RelativeTime } from '@/ui/relative-time';
import { EmptyState, Fetched } from '@/ui/states';
import { TextLink } from '@/ui/text-link';
import { SecretDialog } from './secret-dialog';
import { WebhookStatePill } from './state-pill';
import classes from './webhook.module.css';
import { WebhookForm } from './webhook-form';
import { kinds } from './words';
import { must, useWebhookWrite } from './write';

/** The addresses that hear of what happens. */
export function WebhooksPage() {
  const { t } = useLingui();
  // There are at most as many as fit on one page.
  const query = useQuery(listWebhooksOptions({ query: { page_size: 100 } }));
  const [open, setOpen] = useState(false);
  const [secret, setSecret] = useState<string>();
  return (
    <Page
      title={t`Webhooks`}
      actions={
        <Button leftSection={<IconPlus size={16} />} onClick={() => setOpen(true)}>
          <Trans>New webhook</Trans>
        </Button>
      }
    >
      <Fetched query={query}>
        {({ results }) =>
          results.length === 0 ? (
            <EmptyState title={t`No webhooks yet`}>
              <Trans>
                A webhook tells another system, or a channel of a chat, as soon as something happens
                at the desk.
              </Trans>
            </EmptyState>
          ) : (
            <ul className={classes.list} aria-label={t`Webhooks`}>
              {results.map((webhook) => (
                <Row key={webhook.id} webhook={webhook} />
              ))}
            </ul>
          )
        }
      </Fetched>
      {open && (
        <WebhookForm
          onClose={() => setOpen(false)}
          onSecret={(plain) => {
            setOpen(false);
            setSecret(plain);
          }}
        />
      )}
      {secret && <SecretDialog secret={secret} onClose={() => setSecret(undefined)} />}
    </Page>
  );
}

/** What a webhook is called: its description, or the host that it calls. */
export function nameOf(webhook: Webhook): string {
  if (webhook.description.trim()) return webhook.description;
  try {
    return new URL(webhook.url).host;
  } catch {
    return webhook.url;
  }
}

function Row({ webhook }: { webhook: Webhook }) {
  const { t, i18n } = useLingui();
  const write = useWebhookWrite();
  const { id, events, last_success_at: last } = webhook;
  const name = nameOf(webhook);
  const count = events.length;
  return (
    <li className={classes.row}>
      <div className={classes.main}>
        <span className={classes.title}>
          <TextLink to="/webhooks/$webhookId" params={{ webhookId: String(id) }}>
            {name}
          </TextLink>
          <WebhookStatePill webhook={webhook} />
        </span>
        <p className={classes.meta}>
          {i18n._(kinds[webhook.kind])} ·{' '}
          {count === 0 ? (
            <Trans>every event</Trans>
          ) : (
            <Plural value={count} one="# kind of event" other="# kinds of events" />
          )}{' '}
          ·{' '}
          {last ? (
            <Trans>
              last taken <RelativeTime iso={last} />
            </Trans>
          ) : (
            <Trans>nothing was taken yet</Trans>
          )}
        </p>
      </div>
      <Switch
        checked={webhook.active}
        aria-label={t`Send to ${name}`}
        onChange={(event) => {
          const active = event.currentTarget.checked;
          write.mutate(() =>
            updateWebhook({ path: { id }, headers: ifMatch(webhook), body: { active }, ...must }),
          );
        }}
      />
    </li>
  );
}
