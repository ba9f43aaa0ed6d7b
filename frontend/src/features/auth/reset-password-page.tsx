import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Stack } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useSearch } from '@tanstack/react-router';
import { focusFirstError, showServerErrors } from '@/lib/forms';
import { FormError } from '@/ui/form-error';
import { LinkButton } from '@/ui/link-button';
import { NewPassword } from '@/ui/new-password';
import { TextLink } from '@/ui/text-link';
import { useConfig, useResetPassword } from './api';
import { AuthCard } from './auth-card';

/** Where the links of the reset and invitation mails lead. */
export function ResetPasswordPage() {
  const { t } = useLingui();
  const { token } = useSearch({ from: '/public/reset-password' });
  const config = useConfig();
  const reset = useResetPassword();
  const minLength = config.data?.password_min_length ?? 12;
  const form = useForm({
    initialValues: { password: '' },
    validate: {
      password: (value) =>
        [...value].length >= minLength ? null : t`Use at least ${minLength} characters.`,
    },
  });
  const again = (
    <TextLink to="/forgot-password">
      <Trans>Ask for a new link</Trans>
    </TextLink>
  );
  if (!token) {
    return (
      <AuthCard
        title={t`This link does not work`}
        lead={<Trans>It is not complete. Please open it from the mail again.</Trans>}
        foot={again}
      />
    );
  }
  if (reset.isSuccess) {
    return (
      <AuthCard
        title={t`Password changed`}
        lead={<Trans>You can sign in with your new password now.</Trans>}
      >
        <LinkButton to="/sign-in" fullWidth>
          <Trans>Sign in</Trans>
        </LinkButton>
      </AuthCard>
    );
  }
  return (
    <AuthCard title={t`Set a new password`} foot={reset.error ? again : undefined}>
      <form
        noValidate
        onSubmit={form.onSubmit(
          (values) =>
            reset.mutate(
              { body: { token, ...values } },
              { onError: (error) => showServerErrors(form, error) },
            ),
          focusFirstError,
        )}
      >
        <Stack>
          <FormError error={reset.error} shown={['password']} />
          <NewPassword
            label={t`New password`}
            minLength={minLength}
            {...form.getInputProps('password')}
          />
          <Button type="submit" loading={reset.isPending} fullWidth>
            <Trans>Set password</Trans>
          </Button>
        </Stack>
      </form>
    </AuthCard>
  );
}
