import { Trans, useLingui } from '@lingui/react/macro';
import {
  Alert,
  Button,
  Code,
  CopyButton,
  Group,
  NativeSelect,
  Stack,
  TextInput,
} from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import type { ApiToken } from '@/lib/api';
import { focusFirstError, showServerErrors } from '@/lib/forms';
import { useIdempotencyKey } from '@/lib/idempotency';
import { announce } from '@/lib/status-line';
import { ConfirmDialog } from '@/ui/confirm-dialog';
import { FormError } from '@/ui/form-error';
import { RelativeTime } from '@/ui/relative-time';
import { Section } from '@/ui/section';
import { Fetched, SkeletonRows } from '@/ui/states';
import { useApiTokens, useCreateApiToken, useDeleteApiToken } from './api';
import classes from './api-tokens.module.css';

/** Personal tokens with which scripts act as this person. */
export function ApiTokens() {
  const { t } = useLingui();
  const tokens = useApiTokens();
  return (
    <Section
      title={t`API tokens`}
      lead={<Trans>With a token, a script can do in your name what you can do.</Trans>}
    >
      <Fetched query={tokens} skeleton={<SkeletonRows rows={2} />}>
        {(list) =>
          list.results.length > 0 && (
            <ul className={classes.list} aria-label={t`API tokens`}>
              {list.results.map((token) => (
                <TokenRow key={token.id} token={token} />
              ))}
            </ul>
          )
        }
      </Fetched>
      <NewToken />
    </Section>
  );
}

function TokenRow({ token }: { token: ApiToken }) {
  const { t } = useLingui();
  const [asking, setAsking] = useState(false);
  const remove = useDeleteApiToken();
  return (
    <li className={classes.item}>
      <span className={classes.name}>{token.name}</span>
      <Code>{token.prefix}…</Code>
      <span className={classes.meta}>
        {token.last_used_at ? (
          <Trans>
            used <RelativeTime iso={token.last_used_at} />
          </Trans>
        ) : (
          <Trans>never used</Trans>
        )}
        {' · '}
        {token.expires_at ? (
          <Trans>
            ends <RelativeTime ahead iso={token.expires_at} />
          </Trans>
        ) : (
          <Trans>without end</Trans>
        )}
      </span>
      <Button
        size="compact-sm"
        variant="default"
        onClick={() => setAsking(true)}
        aria-label={t`Delete token ${token.name}`}
      >
        <Trans>Delete</Trans>
      </Button>
      {asking && (
        <ConfirmDialog
          title={t`Delete this token?`}
          confirm={t`Delete token`}
          busy={remove.isPending}
          error={remove.error}
          onClose={() => setAsking(false)}
          onConfirm={() =>
            remove.mutate(
              { path: { id: token.id } },
              {
                onSuccess: () => {
                  setAsking(false);
                  announce(t`Token deleted`);
                },
              },
            )
          }
        >
          <Trans>Scripts that use “{token.name}” stop working at once.</Trans>
        </ConfirmDialog>
      )}
    </li>
  );
}

function NewToken() {
  const { t } = useLingui();
  const create = useCreateApiToken();
  const key = useIdempotencyKey();
  const form = useForm({
    initialValues: { name: '', days: '90' },
    validate: { name: (value) => (value.trim() ? null : t`Say what the token is for.`) },
  });
  const submit = form.onSubmit(({ name, days }) => {
    const body = { name, expires_in_days: days ? Number(days) : null };
    create.mutate(
      { body, headers: key.headers(body) },
      {
        onSuccess: () => {
          key.done();
          form.reset();
        },
        onError: (error) => showServerErrors(form, error),
      },
    );
  }, focusFirstError);
  return (
    <form noValidate onSubmit={submit}>
      <Stack>
        <FormError error={create.error} shown={['name']} />
        {create.data && <FreshToken token={create.data.token} />}
        <Group align="start" grow preventGrowOverflow={false}>
          <TextInput label={t`What is it for?`} required {...form.getInputProps('name')} />
          <NativeSelect
            label={t`Ends after`}
            data={[
              ...[30, 90, 365].map((days) => ({ value: String(days), label: t`${days} days` })),
              { value: '', label: t`Never` },
            ]}
            {...form.getInputProps('days')}
          />
        </Group>
        <Group>
          <Button type="submit" variant="default" loading={create.isPending}>
            <Trans>Create token</Trans>
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function FreshToken({ token }: { token: string }) {
  return (
    <Alert color="green" role="status">
      <Stack gap="xs">
        <Trans>Copy the token now; it is shown only this once.</Trans>
        <Group>
          <Code style={{ overflowWrap: 'anywhere' }}>{token}</Code>
          <CopyButton value={token}>
            {({ copied, copy }) => (
              <Button size="compact-sm" variant="default" onClick={copy}>
                {copied ? <Trans>Copied</Trans> : <Trans>Copy token</Trans>}
              </Button>
            )}
          </CopyButton>
        </Group>
      </Stack>
    </Alert>
  );
}
