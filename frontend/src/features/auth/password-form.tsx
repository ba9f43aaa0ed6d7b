import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Group, PasswordInput, Stack } from '@mantine/core';
import { useForm } from '@mantine/form';
import { focusFirstError, showServerErrors } from '@/lib/forms';
import { useMe } from '@/lib/session';
import { announce } from '@/lib/status-line';
import { FormError } from '@/ui/form-error';
import { NewPassword } from '@/ui/new-password';
import { Section } from '@/ui/section';
import { useChangePassword, useConfig } from './api';

export function PasswordForm() {
  const { t } = useLingui();
  const me = useMe();
  const config = useConfig();
  const change = useChangePassword();
  const minLength = config.data?.password_min_length ?? 12;
  const form = useForm({
    initialValues: { current_password: '', new_password: '' },
    validate: {
      current_password: (value) => (value ? null : t`Enter your password.`),
      new_password: (value) =>
        [...value].length >= minLength ? null : t`Use at least ${minLength} characters.`,
    },
  });
  const submit = form.onSubmit((values) => {
    change.mutate(
      { body: values },
      {
        onSuccess: () => {
          form.reset();
          announce(t`Password changed; other sessions were signed out`);
        },
        onError: (error) => showServerErrors(form, error),
      },
    );
  }, focusFirstError);
  return (
    <Section title={t`Password`} lead={<Trans>Changing it signs you out everywhere else.</Trans>}>
      <form noValidate onSubmit={submit}>
        <Stack>
          <FormError error={change.error} shown={['current_password', 'new_password']} />
          <input type="hidden" autoComplete="username" value={me.username} readOnly />
          <PasswordInput
            label={t`Current password`}
            autoComplete="current-password"
            required
            visibilityToggleButtonProps={{ 'aria-label': t`Show password` }}
            {...form.getInputProps('current_password')}
          />
          <NewPassword
            label={t`New password`}
            minLength={minLength}
            {...form.getInputProps('new_password')}
          />
          <Group>
            <Button type="submit" loading={change.isPending}>
              <Trans>Change password</Trans>
            </Button>
          </Group>
        </Stack>
      </form>
    </Section>
  );
}
