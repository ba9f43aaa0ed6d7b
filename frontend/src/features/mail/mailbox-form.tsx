import { Trans, useLingui } from '@lingui/react/macro';
import {
  Button,
  Group,
  NativeSelect,
  NumberInput,
  PasswordInput,
  Stack,
  Switch,
  TextInput,
} from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import {
  createMailbox,
  getMailbox,
  type Mailbox,
  type MailboxCreate,
  updateMailbox,
} from '@/lib/api';
import { listCategoriesOptions, listTeamsOptions } from '@/lib/api/@tanstack/react-query.gen';
import { ifMatch } from '@/lib/etag';
import { useErrorFocus } from '@/lib/forms';
import { useOverwrite } from '@/lib/overwrite';
import { fieldErrors } from '@/lib/problem';
import { invalidate } from '@/lib/query';
import { Dialog } from '@/ui/dialog';
import { FormError } from '@/ui/form-error';

const must = { throwOnError: true } as const;

type Values = Required<Omit<MailboxCreate, 'category_id' | 'team_id'>> & {
  category_id: string;
  team_id: string;
};

/** Where IMAP is, as long as nobody says otherwise. */
const ports = { tls: 993, starttls: 143, none: 143 } as const;

function valuesOf(box?: Mailbox): Values {
  return {
    name: box?.name ?? '',
    address: box?.address ?? '',
    active: box?.active ?? true,
    source: box?.source ?? 'imap',
    host: box?.host ?? '',
    port: box?.port ?? 993,
    security: box?.security ?? 'tls',
    username: box?.username ?? '',
    auth: box?.auth ?? 'password',
    secret: '',
    oauth_token_url: box?.oauth_token_url ?? '',
    oauth_client_id: box?.oauth_client_id ?? '',
    oauth_secret: '',
    folder: box?.folder ?? 'INBOX',
    category_id: String(box?.category_id ?? ''),
    team_id: String(box?.team_id ?? ''),
    sender_name: box?.sender_name ?? '',
    language: box?.language ?? 'en',
    unknown_senders: box?.unknown_senders ?? 'create',
    sender_cap: box?.sender_cap ?? 1000,
    plus_address: box?.plus_address ?? true,
    catch_all: box?.catch_all ?? false,
    acknowledge: box?.acknowledge ?? true,
  };
}

/** Everything that an administrator says of a mailbox. */
export function MailboxForm({ box, onClose }: { box?: Mailbox; onClose: () => void }) {
  const { t } = useLingui();
  const client = useQueryClient();
  const categories = useQuery(listCategoriesOptions());
  const teams = useQuery(listTeamsOptions());
  const form = useForm<Values>({ initialValues: valuesOf(box) });
  const overwrite = useOverwrite(
    box,
    async () => box && (await getMailbox({ path: { id: box.id }, ...must })).data,
  );
  const save = useMutation({
    mutationFn: async (values: Values) => {
      const { secret, oauth_secret, category_id, team_id, ...rest } = values;
      const body = {
        ...rest,
        category_id: Number(category_id) || null,
        team_id: Number(team_id) || null,
        // What is left empty stays as it is.
        ...(secret ? { secret } : {}),
        ...(oauth_secret ? { oauth_secret } : {}),
      };
      await overwrite<unknown>((base) =>
        base
          ? updateMailbox({ path: { id: base.id }, headers: ifMatch(base), body, ...must })
          : createMailbox({ body, ...must }),
      );
    },
    onSuccess: onClose,
    onError: (error) => form.setErrors(fieldErrors(error)),
    onSettled: () => invalidate(client, 'listMailboxes'),
  });
  useErrorFocus(save.error);
  const { source, auth } = form.values;
  const keep = t`Stays as it is when this is empty`;
  return (
    <Dialog keep onClose={onClose} title={box ? t`Edit the mailbox` : t`Add a mailbox`}>
      <form noValidate onSubmit={form.onSubmit((values) => save.mutate(values))}>
        <Stack gap="sm">
          <TextInput label={t`Name`} required {...form.getInputProps('name')} />
          <TextInput label={t`Address`} type="email" required {...form.getInputProps('address')} />
          <NativeSelect
            label={t`Where its mail comes from`}
            data={[
              { value: 'imap', label: t`Fetched by IMAP` },
              { value: 'smtp', label: t`The desk's own listener (SMTP or LMTP)` },
            ]}
            {...form.getInputProps('source')}
          />
          {source === 'imap' ? (
            <>
              <TextInput label={t`Server`} {...form.getInputProps('host')} />
              <Group grow>
                <NumberInput
                  label={t`Port`}
                  min={1}
                  max={65535}
                  hideControls
                  {...form.getInputProps('port')}
                />
                <NativeSelect
                  label={t`Protection`}
                  data={[
                    { value: 'tls', label: 'TLS' },
                    { value: 'starttls', label: 'STARTTLS' },
                    { value: 'none', label: t`None` },
                  ]}
                  {...form.getInputProps('security')}
                  onChange={(event) => {
                    const security = event.currentTarget.value as Values['security'];
                    // A port of its own stays.
                    const usual = ports[form.values.security] === form.values.port;
                    form.setValues(usual ? { security, port: ports[security] } : { security });
                  }}
                />
              </Group>
              <TextInput label={t`User name`} {...form.getInputProps('username')} />
              <NativeSelect
                label={t`Sign in by`}
                data={[
                  { value: 'password', label: t`Password` },
                  { value: 'oauth', label: 'OAuth 2 (XOAUTH2)' },
                ]}
                {...form.getInputProps('auth')}
              />
              <PasswordInput
                label={auth === 'oauth' ? t`Refresh token` : t`Password`}
                description={box?.has_secret ? keep : undefined}
                autoComplete="off"
                {...form.getInputProps('secret')}
              />
              {auth === 'oauth' && (
                <>
                  <TextInput
                    label={t`Address for new tokens`}
                    {...form.getInputProps('oauth_token_url')}
                  />
                  <TextInput label={t`Client id`} {...form.getInputProps('oauth_client_id')} />
                  <PasswordInput
                    label={t`Client secret`}
                    description={box?.has_oauth_secret ? keep : undefined}
                    autoComplete="off"
                    {...form.getInputProps('oauth_secret')}
                  />
                </>
              )}
              <TextInput label={t`Folder`} {...form.getInputProps('folder')} />
            </>
          ) : (
            <Switch
              label={t`Take mail for every other address, too`}
              {...form.getInputProps('catch_all', { type: 'checkbox' })}
            />
          )}
          <NativeSelect
            label={t`Category of new tickets`}
            data={[
              { value: '', label: t`None` },
              ...(categories.data?.categories ?? []).map(({ id, path }) => ({
                value: String(id),
                label: path,
              })),
            ]}
            {...form.getInputProps('category_id')}
          />
          <NativeSelect
            label={t`Team of new tickets`}
            data={[
              { value: '', label: t`None` },
              ...(teams.data?.results ?? []).map(({ id, name }) => ({
                value: String(id),
                label: name,
              })),
            ]}
            {...form.getInputProps('team_id')}
          />
          <TextInput label={t`Name that its mail is from`} {...form.getInputProps('sender_name')} />
          <NativeSelect
            label={t`Language of its mail`}
            data={[
              { value: 'en', label: 'English' },
              { value: 'de', label: 'Deutsch' },
            ]}
            {...form.getInputProps('language')}
          />
          <NativeSelect
            label={t`Mail from people without an account`}
            data={[
              { value: 'create', label: t`Make an account for them` },
              { value: 'hold', label: t`Hold it until somebody has looked` },
            ]}
            {...form.getInputProps('unknown_senders')}
          />
          <NumberInput
            label={t`Most messages of one sender in an hour (0 for any number)`}
            min={0}
            max={100000}
            {...form.getInputProps('sender_cap')}
          />
          <Switch
            label={t`Tell senders the number of their ticket`}
            {...form.getInputProps('acknowledge', { type: 'checkbox' })}
          />
          <Switch
            label={t`The server delivers address+tag, so that answers carry a signature`}
            {...form.getInputProps('plus_address', { type: 'checkbox' })}
          />
          <FormError overwrites error={save.error} shown={Object.keys(form.values)} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              <Trans>Cancel</Trans>
            </Button>
            <Button type="submit" loading={save.isPending}>
              <Trans>Save</Trans>
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
