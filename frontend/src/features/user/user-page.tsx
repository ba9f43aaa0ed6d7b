import { Trans, useLingui } from '@lingui/react/macro';
import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import type { Account } from '@/lib/api';
import { focusFirstError, showServerErrors } from '@/lib/forms';
import { ApiError, asApiError, explain } from '@/lib/problem';
import { useMe } from '@/lib/session';
import { announce } from '@/lib/status-line';
import { ConfirmDialog } from '@/ui/confirm-dialog';
import { FormError } from '@/ui/form-error';
import { Page } from '@/ui/page';
import { personName } from '@/ui/person';
import { RelativeTime } from '@/ui/relative-time';
import { Section } from '@/ui/section';
import { ErrorState, Fetched } from '@/ui/states';
import { useDeleteUser, useUpdateUser, useUser } from './api';
import { UserFields, type UserValues, userFields, useUserRules } from './user-fields';
import { ActivePill } from './users-page';

export function UserPage() {
  const { userId } = useParams({ from: '/app/users/$userId' });
  const id = Number(userId);
  if (!Number.isSafeInteger(id) || id < 1) {
    return <ErrorState whole error={new ApiError(404)} />;
  }
  return <LoadedUser id={id} />;
}

function LoadedUser({ id }: { id: number }) {
  const query = useUser(id);
  return (
    <Fetched whole query={query}>
      {(account) => <AccountPage key={account.id} account={account} />}
    </Fetched>
  );
}

function AccountPage({ account }: { account: Account }) {
  return (
    <Page
      title={personName(account)}
      width="narrow"
      actions={<ActivePill active={account.is_active} />}
    >
      <Stack gap="lg">
        <Text size="sm" c="dimmed">
          <Trans>
            User {account.id}, since <RelativeTime long iso={account.created_at} />.
          </Trans>{' '}
          {account.email_verified ? (
            <Trans>The address is verified.</Trans>
          ) : (
            <Trans>The address is not verified yet.</Trans>
          )}
        </Text>
        <EditAccount account={account} />
        <Activity account={account} />
      </Stack>
    </Page>
  );
}

function valuesOf(account: Account): UserValues {
  const { username, email, full_name, role, department, phone } = account;
  return { username, email, full_name, role, department, phone };
}

function EditAccount({ account }: { account: Account }) {
  const { t } = useLingui();
  const update = useUpdateUser();
  const [base, setBase] = useState(account);
  const form = useForm<UserValues>({
    initialValues: valuesOf(account),
    validate: useUserRules(),
  });
  const stale = !!update.error && asApiError(update.error).status === 412;
  const submit = form.onSubmit((values) => {
    const before = valuesOf(base);
    const changed = Object.entries(values).filter(([field, value]) => before[field] !== value);
    // After a conflict, saving again is a decision against the newer version.
    update.mutate(
      { base: stale ? account : base, patch: Object.fromEntries(changed) },
      {
        onSuccess: (saved) => {
          setBase(saved);
          form.setInitialValues(valuesOf(saved));
          form.setValues(valuesOf(saved));
          form.resetDirty(valuesOf(saved));
          announce(t`User saved`);
        },
        onError: (error) => showServerErrors(form, error),
      },
    );
  }, focusFirstError);
  return (
    <Section title={t`Account`}>
      <form noValidate onSubmit={submit}>
        <Stack>
          {stale ? (
            <Alert color="orange" role="alert">
              <Trans>
                This account was changed in the meantime. Save again to apply your changes to it.
              </Trans>
            </Alert>
          ) : (
            <FormError error={update.error} shown={userFields} />
          )}
          <UserFields form={form} />
          <Group>
            <Button type="submit" loading={update.isPending} disabled={!form.isDirty()}>
              <Trans>Save user</Trans>
            </Button>
          </Group>
        </Stack>
      </form>
    </Section>
  );
}

/** Deactivating, activating and deleting. */
function Activity({ account }: { account: Account }) {
  const { t } = useLingui();
  const me = useMe();
  const navigate = useNavigate();
  const update = useUpdateUser();
  const remove = useDeleteUser();
  const [asking, setAsking] = useState(false);
  const { username } = account;
  if (account.id === me.id) {
    return (
      <Text size="sm" c="dimmed">
        <Trans>This is your own account; somebody else has to deactivate or delete it.</Trans>
      </Text>
    );
  }
  const setActive = (is_active: boolean) =>
    update.mutate(
      { base: account, patch: { is_active } },
      {
        onSuccess: () =>
          announce(is_active ? t`${username} is active now` : t`${username} is inactive now`),
      },
    );
  return (
    <Section
      title={t`Access`}
      lead={
        account.is_active ? (
          <Trans>Deactivating signs the person out everywhere. It can be undone.</Trans>
        ) : (
          <Trans>This person cannot sign in.</Trans>
        )
      }
    >
      <Stack>
        {update.error && (
          <Alert color="red" role="alert">
            {explain(update.error)}
          </Alert>
        )}
        <Group>
          <Button
            variant="default"
            loading={update.isPending}
            onClick={() => setActive(!account.is_active)}
          >
            {account.is_active ? <Trans>Deactivate user</Trans> : <Trans>Activate user</Trans>}
          </Button>
          <Button variant="outline" color="red" onClick={() => setAsking(true)}>
            <Trans>Delete user</Trans>
          </Button>
        </Group>
      </Stack>
      {asking && (
        <ConfirmDialog
          title={t`Delete ${username}?`}
          confirm={t`Delete user`}
          typed={username}
          busy={remove.isPending}
          error={remove.error}
          onClose={() => setAsking(false)}
          onConfirm={() =>
            remove.mutate(account, {
              onSuccess: () => {
                announce(t`User ${username} deleted`);
                void navigate({ to: '/users' });
              },
            })
          }
        >
          <Trans>
            Name, address and phone are removed for good. Tickets and comments stay, without the
            name.
          </Trans>
        </ConfirmDialog>
      )}
    </Section>
  );
}
