import '@mantine/core/styles/Checkbox.css';
import '@mantine/core/styles/Radio.css';
import { Trans, useLingui } from '@lingui/react/macro';
import {
  Button,
  Checkbox,
  Group,
  NativeSelect,
  Radio,
  Stack,
  Switch,
  TextInput,
} from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { createWebhook, getWebhook, updateWebhook, type Webhook } from '@/lib/api';
import { listWebhookTypesOptions } from '@/lib/api/@tanstack/react-query.gen';
import { ifMatch } from '@/lib/etag';
import { useErrorFocus } from '@/lib/forms';
import { useIdempotencyKey } from '@/lib/idempotency';
import { useOverwrite } from '@/lib/overwrite';
import { fieldErrors } from '@/lib/problem';
import { invalidate } from '@/lib/query';
import { announce } from '@/lib/status-line';
import { Dialog } from '@/ui/dialog';
import { FormError } from '@/ui/form-error';
import { Fetched } from '@/ui/states';
import classes from './webhook.module.css';
import { grouped, isChat, kinds, typeLabels } from './words';
import { must } from './write';

interface Props {
  webhook?: Webhook;
  onClose: () => void;
  /** Gets the secret of a new webhook that signs; then the form is done. */
  onSecret?: (secret: string) => void;
}

/** Sets up a webhook, or changes the one that is given. */
export function WebhookForm({ webhook: base, onClose, onSecret }: Props) {
  const { t, i18n } = useLingui();
  const client = useQueryClient();
  const key = useIdempotencyKey();
  const types = useQuery(listWebhookTypesOptions());
  const [kind, setKind] = useState<Webhook['kind']>(base?.kind ?? 'standard');
  const [url, setUrl] = useState(base && isChat(base.kind) ? '' : (base?.url ?? ''));
  const [description, setDescription] = useState(base?.description ?? '');
  const [all, setAll] = useState(!base || base.events.length === 0);
  const [chosen, setChosen] = useState<string[]>(base?.events ?? []);
  const [internal, setInternal] = useState(base?.internal ?? false);
  const [confidential, setConfidential] = useState(base?.confidential ?? false);
  const chat = isChat(kind);
  const mayHear = internal && !chat;
  /** What is not shown can stay as it is. */
  const kept = !!base && chat;
  const overwrite = useOverwrite(
    base,
    async () => base && (await getWebhook({ path: { id: base.id }, ...must })).data,
  );
  const save = useMutation({
    mutationFn: async () => {
      const hidden = mayHear
        ? []
        : (types.data?.results ?? []).filter((one) => one.internal).map(({ type }) => type);
      const body = {
        url: url.trim() || (base?.url ?? ''),
        description,
        events: all ? [] : chosen.filter((type) => !hidden.includes(type)),
        internal: mayHear,
        confidential,
      };
      if (base) {
        const path = { id: base.id };
        await overwrite((now = base) =>
          updateWebhook({ path, headers: ifMatch(now), body, ...must }),
        );
        return undefined;
      }
      const wanted = { ...body, kind };
      const made = await createWebhook({ body: wanted, headers: key.headers(wanted), ...must });
      return made.data.secret;
    },
    onSuccess: (secret) => {
      announce(t`Webhook saved`);
      key.done();
      if (secret && !chat && onSecret) onSecret(secret);
      else onClose();
    },
    onSettled: () => invalidate(client, 'listWebhooks', 'getWebhook'),
  });
  useErrorFocus(save.error);
  const errors = fieldErrors(save.error);
  const none = !all && chosen.length === 0;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!none) save.mutate();
  };
  return (
    <Dialog title={base ? t`Change the webhook` : t`New webhook`} size="lg" keep onClose={onClose}>
      <form noValidate onSubmit={submit}>
        <Stack gap="sm">
          <FormError overwrites error={save.error} shown={['url', 'description']} />
          {!base && (
            <NativeSelect
              label={t`Receiver`}
              value={kind}
              onChange={(event) => setKind(event.currentTarget.value as Webhook['kind'])}
              data={Object.entries(kinds).map(([value, label]) => ({
                value,
                label: i18n._(label),
              }))}
            />
          )}
          <TextInput
            label={t`Address`}
            description={
              kept
                ? t`It is a secret and not shown again. Leave it empty to keep it.`
                : chat
                  ? t`The address of an incoming webhook, as the chat shows it. It is kept like a secret.`
                  : t`It is called by POST, by https.`
            }
            type="url"
            required={!kept}
            placeholder={kept ? base.url : 'https://example.com/hook'}
            value={url}
            error={errors.url}
            onChange={(event) => setUrl(event.currentTarget.value)}
          />
          <TextInput
            label={t`What is it for?`}
            maxLength={200}
            value={description}
            error={errors.description}
            onChange={(event) => setDescription(event.currentTarget.value)}
          />
          <Radio.Group
            label={t`It hears of`}
            value={all ? 'all' : 'some'}
            onChange={(value) => setAll(value === 'all')}
          >
            <Stack gap={6} mt={4}>
              <Radio value="all" label={t`every event`} />
              <Radio value="some" label={t`chosen events`} />
            </Stack>
          </Radio.Group>
          {!all && (
            <Fetched query={types}>
              {({ results }) => (
                <div>
                  {grouped(results.filter((one) => mayHear || !one.internal)).map((group) => (
                    <fieldset key={group.title.id} className={classes.group}>
                      <legend>{i18n._(group.title)}</legend>
                      <div className={classes.types}>
                        {group.types.map(({ type }) => (
                          <Checkbox
                            key={type}
                            size="xs"
                            label={typeLabels[type] ? i18n._(typeLabels[type]) : type}
                            checked={chosen.includes(type)}
                            onChange={(event) => {
                              const on = event.currentTarget.checked;
                              setChosen((was) =>
                                on ? [...was, type] : was.filter((one) => one !== type),
                              );
                            }}
                          />
                        ))}
                      </div>
                    </fieldset>
                  ))}
                </div>
              )}
            </Fetched>
          )}
          {!chat && (
            <Switch
              label={t`Hears of internal notes, too: that there is one, never what it says`}
              checked={internal}
              onChange={(event) => setInternal(event.currentTarget.checked)}
            />
          )}
          <Switch
            label={t`Hears of confidential tickets, too`}
            checked={confidential}
            onChange={(event) => setConfidential(event.currentTarget.checked)}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              <Trans>Cancel</Trans>
            </Button>
            <Button
              type="submit"
              loading={save.isPending}
              disabled={none || (!kept && !url.trim())}
            >
              <Trans>Save webhook</Trans>
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
