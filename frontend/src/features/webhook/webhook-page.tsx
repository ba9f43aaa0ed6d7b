import { Trans, useLingui } from '@lingui/react/macro';
import { Alert, Button, NativeSelect, Switch } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import {
  deleteWebhook,
  rotateWebhookSecret,
  testWebhook,
  updateWebhook,
  type Webhook,
} from '@/lib/api';
import {
  getWebhookOptions,
  listWebhookDeliveriesOptions,
} from '@/lib/api/@tanstack/react-query.gen';
import { ifMatch } from '@/lib/etag';
import { announce } from '@/lib/status-line';
import { ConfirmDialog } from '@/ui/confirm-dialog';
import { Page } from '@/ui/page';
import { Pager } from '@/ui/pager';
import { RelativeTime } from '@/ui/relative-time';
import { Section } from '@/ui/section';
import { EmptyState, Fetched } from '@/ui/states';
import { DeliveryRow } from './delivery-row';
import { ReplayDialog } from './replay-dialog';
import { type DeliveryState, deliveryPageSize, deliveryStates } from './search-params';
import { SecretDialog } from './secret-dialog';
import { deliveryStateLabels, WebhookStatePill } from './state-pill';
import classes from './webhook.module.css';
import { WebhookForm } from './webhook-form';
import { nameOf } from './webhooks-page';
import { isChat, kinds, typeLabels } from './words';
import { must, useWebhookWrite } from './write';

const lookEvery = 5000;

/** One webhook: how it fares, what it was sent, and what became of that. */
export function WebhookPage() {
  const { t } = useLingui();
  const id = Number(useParams({ from: '/app/webhooks/$webhookId' }).webhookId);
  // Deliveries change it by themselves, and tell no open screen.
  const query = useQuery({ ...getWebhookOptions({ path: { id } }), refetchInterval: lookEvery });
  return (
    <Page
      title={query.data ? nameOf(query.data) : t`Webhook`}
      actions={query.data && <Actions webhook={query.data} />}
    >
      <Fetched query={query}>
        {(webhook) => (
          <>
            <Disabled webhook={webhook} />
            <Facts webhook={webhook} />
            <Deliveries webhook={webhook} />
          </>
        )}
      </Fetched>
    </Page>
  );
}

function Actions({ webhook }: { webhook: Webhook }) {
  const { t } = useLingui();
  const navigate = useNavigate();
  const write = useWebhookWrite();
  const [open, setOpen] = useState<'edit' | 'rotate' | 'delete'>();
  const [secret, setSecret] = useState<string>();
  const path = { id: webhook.id };
  const close = () => setOpen(undefined);
  const send = () =>
    write.mutate(async () => {
      const { data } = await testWebhook({ path, ...must });
      if (data.state === 'delivered') announce(t`The test was taken`);
      const { last_error: why } = data;
      if (data.state !== 'delivered') announce(t`The test was not taken: ${why}`, 'bad');
    });
  return (
    <>
      <Button variant="default" loading={write.isPending} onClick={send}>
        <Trans>Send a test</Trans>
      </Button>
      <Button variant="default" onClick={() => setOpen('edit')}>
        <Trans>Change</Trans>
      </Button>
      {!isChat(webhook.kind) && (
        <Button variant="default" onClick={() => setOpen('rotate')}>
          <Trans>New secret</Trans>
        </Button>
      )}
      <Button variant="default" onClick={() => setOpen('delete')}>
        <Trans>Delete</Trans>
      </Button>
      {open === 'edit' && <WebhookForm webhook={webhook} onClose={close} />}
      {open === 'rotate' && (
        <ConfirmDialog
          title={t`Give it a new secret?`}
          confirm={t`New secret`}
          busy={write.isPending}
          error={write.error}
          onClose={close}
          onConfirm={() =>
            write.mutate(async () => {
              const { data } = await rotateWebhookSecret({
                path,
                headers: ifMatch(webhook),
                ...must,
              });
              close();
              setSecret(data.secret);
            })
          }
        >
          <Trans>
            The old secret signs for 24 hours more. Put the new one into the receiver until then.
          </Trans>
        </ConfirmDialog>
      )}
      {open === 'delete' && (
        <ConfirmDialog
          title={t`Delete this webhook?`}
          confirm={t`Delete webhook`}
          busy={write.isPending}
          error={write.error}
          onClose={close}
          onConfirm={() =>
            write.mutate(async () => {
              await deleteWebhook({ path, headers: ifMatch(webhook), ...must });
              await navigate({ to: '/webhooks' });
            })
          }
        >
          <Trans>Its log goes with it, and what waits is not sent any more.</Trans>
        </ConfirmDialog>
      )}
      {secret && <SecretDialog secret={secret} rotated onClose={() => setSecret(undefined)} />}
    </>
  );
}

/** Why the desk disabled it, and the way back. */
function Disabled({ webhook }: { webhook: Webhook }) {
  const write = useWebhookWrite();
  if (!webhook.disabled_reason) return null;
  return (
    <Alert
      color="red"
      role="alert"
      icon={<IconAlertTriangle size={18} />}
      mb="md"
      title={
        webhook.disabled_reason === 'gone' ? (
          <Trans>The receiver answered 410: it is gone</Trans>
        ) : (
          <Trans>The receiver took nothing for five days</Trans>
        )
      }
    >
      <p style={{ margin: '0 0 8px' }}>
        <Trans>
          Nothing is sent any more, and what waited was cancelled. Enable it again once the receiver
          is back, then send again what was cancelled or given up.
        </Trans>
      </p>
      <Button
        size="compact-sm"
        variant="default"
        loading={write.isPending}
        onClick={() =>
          write.mutate(() =>
            updateWebhook({
              path: { id: webhook.id },
              headers: ifMatch(webhook),
              body: { active: true },
              ...must,
            }),
          )
        }
      >
        <Trans>Enable again</Trans>
      </Button>
    </Alert>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

function Facts({ webhook }: { webhook: Webhook }) {
  const { t, i18n } = useLingui();
  const write = useWebhookWrite();
  const { id, events, failures } = webhook;
  const named = events.map((type) => (typeLabels[type] ? i18n._(typeLabels[type]) : type));
  return (
    <>
      <dl className={classes.facts}>
        <Fact name={t`State`}>
          <WebhookStatePill webhook={webhook} />
        </Fact>
        <Fact name={t`Address`}>{webhook.url}</Fact>
        <Fact name={t`Receiver`}>{i18n._(kinds[webhook.kind])}</Fact>
        <Fact name={t`Hears of`}>
          {events.length === 0 ? t`every event` : named.join(' · ')}
          {webhook.internal && <> · {t`internal notes`}</>}
          {webhook.confidential && <> · {t`confidential tickets`}</>}
        </Fact>
        <Fact name={t`Last taken`}>
          {webhook.last_success_at ? <RelativeTime iso={webhook.last_success_at} /> : t`never`}
        </Fact>
        {webhook.failing_since && (
          <Fact name={t`Failing since`}>
            <RelativeTime iso={webhook.failing_since} /> ({t`tries: ${failures}`})
          </Fact>
        )}
        {webhook.paused_until && (
          <Fact name={t`Paused until`}>
            <RelativeTime ahead iso={webhook.paused_until} />
          </Fact>
        )}
        {webhook.old_secret_until && (
          <Fact name={t`Old secret signs until`}>
            <RelativeTime ahead iso={webhook.old_secret_until} />
          </Fact>
        )}
      </dl>
      {!webhook.disabled_reason && (
        <Switch
          mb="md"
          checked={webhook.active}
          label={t`Send to it`}
          onChange={(event) => {
            const active = event.currentTarget.checked;
            write.mutate(() =>
              updateWebhook({ path: { id }, headers: ifMatch(webhook), body: { active }, ...must }),
            );
          }}
        />
      )}
    </>
  );
}

function Deliveries({ webhook }: { webhook: Webhook }) {
  const { t, i18n } = useLingui();
  const search = useSearch({ from: '/app/webhooks/$webhookId' });
  const navigate = useNavigate({ from: '/webhooks/$webhookId' });
  const [replaying, setReplaying] = useState(false);
  const deliveries = useQuery({
    ...listWebhookDeliveriesOptions({
      path: { id: webhook.id },
      query: {
        state: search.state,
        page: search.cursor ? undefined : search.page,
        cursor: search.cursor,
        page_size: deliveryPageSize,
      },
    }),
    placeholderData: keepPreviousData,
    refetchInterval: lookEvery,
  });
  return (
    <Section
      title={t`Deliveries`}
      lead={<Trans>What has ended is kept for 30 days.</Trans>}
      actions={
        <Button size="compact-sm" variant="default" onClick={() => setReplaying(true)}>
          <Trans>Send a range again</Trans>
        </Button>
      }
    >
      <div className={classes.filters}>
        <NativeSelect
          label={t`State of the delivery`}
          value={search.state ?? ''}
          onChange={(event) => {
            const state = event.currentTarget.value as DeliveryState | '';
            void navigate({ search: { state: state || undefined } });
          }}
          data={[
            { value: '', label: t`All` },
            ...deliveryStates.map((value) => ({
              value,
              label: i18n._(deliveryStateLabels[value].label),
            })),
          ]}
        />
      </div>
      <Fetched query={deliveries}>
        {(slice) =>
          slice.results.length === 0 ? (
            <EmptyState
              title={search.state ? t`No deliveries in this state` : t`No deliveries yet`}
            >
              <Trans>Each event that it hears of appears here, with every try to send it.</Trans>
            </EmptyState>
          ) : (
            <>
              <ul className={classes.list} aria-label={t`Deliveries`}>
                {slice.results.map((delivery) => (
                  <DeliveryRow key={delivery.id} delivery={delivery} webhook={webhook} />
                ))}
              </ul>
              <Pager
                slice={slice}
                at={search}
                size={deliveryPageSize}
                onMove={(to) => void navigate({ search: { state: search.state, ...to } })}
              />
            </>
          )
        }
      </Fetched>
      {replaying && <ReplayDialog webhook={webhook} onClose={() => setReplaying(false)} />}
    </Section>
  );
}
