import { Trans, useLingui } from '@lingui/react/macro';
import { Alert, Button, Group, NativeSelect, Stack, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { replayWebhookDeliveries, type Webhook, type WebhookReplayRequest } from '@/lib/api';
import { fieldErrors } from '@/lib/problem';
import { invalidate } from '@/lib/query';
import { announce } from '@/lib/status-line';
import { Dialog } from '@/ui/dialog';
import { FormError } from '@/ui/form-error';
import { deliveryStateLabels } from './state-pill';
import { must } from './write';

type State = NonNullable<WebhookReplayRequest['state']>;
const states: State[] = ['dead', 'cancelled', 'delivered'];

/** A time of the reader's zone, as an input gives it, for the server. */
function utc(local: string): string | undefined {
  return local ? new Date(local).toISOString() : undefined;
}

/** Sends again what began in a time and ended in a state. */
export function ReplayDialog({ webhook, onClose }: { webhook: Webhook; onClose: () => void }) {
  const { t, i18n } = useLingui();
  const client = useQueryClient();
  const [state, setState] = useState<State>('dead');
  const [from, setFrom] = useState('');
  const [to, setTo] = useState('');
  const replay = useMutation({
    mutationFn: () =>
      replayWebhookDeliveries({
        path: { id: webhook.id },
        body: { state, from: utc(from), to: utc(to) },
        ...must,
      }),
    onSuccess: ({ data }) => {
      const { count } = data;
      if (data.more) return; // the dialog says so
      announce(count === 0 ? t`There was nothing to send again` : t`Sent again: ${count}`);
      onClose();
    },
    onSettled: () => invalidate(client, 'listWebhookDeliveries', 'getWebhookDelivery'),
  });
  const errors = fieldErrors(replay.error);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    replay.mutate();
  };
  const sent = replay.data?.data.count ?? 0;
  return (
    <Dialog title={t`Send a range again`} onClose={onClose}>
      <form noValidate onSubmit={submit}>
        <Stack gap="sm">
          <FormError error={replay.error} shown={['from', 'to']} />
          <p style={{ margin: 0 }}>
            <Trans>
              The oldest first. Each keeps its id, by which the receiver knows what it has already.
            </Trans>
          </p>
          <NativeSelect
            label={t`Which`}
            value={state}
            onChange={(event) => setState(event.currentTarget.value as State)}
            data={states.map((value) => ({
              value,
              label: i18n._(deliveryStateLabels[value].label),
            }))}
          />
          <TextInput
            label={t`From`}
            type="datetime-local"
            value={from}
            error={errors.from}
            onChange={(event) => setFrom(event.currentTarget.value)}
          />
          <TextInput
            label={t`To`}
            type="datetime-local"
            value={to}
            error={errors.to}
            onChange={(event) => setTo(event.currentTarget.value)}
          />
          {!webhook.active && (
            <Alert color="orange">
              <Trans>The webhook is off: what is sent again is cancelled at once.</Trans>
            </Alert>
          )}
          {replay.data?.data.more && (
            <Alert color="blue" role="status">
              <Trans>{sent} are sent again, and there are more. Send the next ones?</Trans>
            </Alert>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              <Trans>Cancel</Trans>
            </Button>
            <Button type="submit" loading={replay.isPending}>
              <Trans>Send again</Trans>
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
