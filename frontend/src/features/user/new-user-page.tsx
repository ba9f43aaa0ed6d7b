import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Group, Stack } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useNavigate } from '@tanstack/react-router';
import { useConfig } from '@/features/auth';
import { focusFirstError, showServerErrors } from '@/lib/forms';
import { useIdempotencyKey } from '@/lib/idempotency';
import { announce } from '@/lib/status-line';
import { FormError } from '@/ui/form-error';
import { LinkButton } from '@/ui/link-button';
import { NewPassword } from '@/ui/new-password';
import { Page } from '@/ui/page';
import { useCreateUser } from './api';
import { UserFields, type UserValues, userFields, useUserRules } from './user-fields';

export function NewUserPage() {
  const { t } = useLingui();
  const navigate = useNavigate();
  const create = useCreateUser();
  const config = useConfig();
  const key = useIdempotencyKey();
  const form = useForm<UserValues & { password: string }>({
    initialValues: {
      username: '',
      email: '',
      full_name: '',
      role: 'employee',
      department: '',
      phone: '',
      password: '',
    },
    validate: useUserRules(),
  });
  const submit = form.onSubmit(({ password, ...values }) => {
    const body = password ? { ...values, password } : values;
    create.mutate(
      { body, headers: key.headers(body) },
      {
        onSuccess: (account) => {
          announce(t`User ${account.username} created`);
          void navigate({ to: '/users/$userId', params: { userId: String(account.id) } });
        },
        onError: (error) => showServerErrors(form, error),
      },
    );
  }, focusFirstError);
  return (
    <Page title={t`New user`} width="narrow">
      <form noValidate onSubmit={submit}>
        <Stack>
          <FormError error={create.error} shown={[...userFields, 'password']} />
          <UserFields form={form as never} />
          <NewPassword
            label={t`Password`}
            minLength={config.data?.password_min_length ?? 12}
            {...form.getInputProps('password')}
            required={false}
            description={t`Leave it empty to invite by mail: the person sets the password.`}
          />
          <Group>
            <Button type="submit" loading={create.isPending}>
              <Trans>Create user</Trans>
            </Button>
            <LinkButton to="/users" variant="default">
              <Trans>Cancel</Trans>
            </LinkButton>
          </Group>
        </Stack>
      </form>
    </Page>
  );
}
