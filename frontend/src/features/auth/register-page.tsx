import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { focusFirstError, showServerErrors } from '@/lib/forms';
import { useIdempotencyKey } from '@/lib/idempotency';
import { FormError } from '@/ui/form-error';
import { NewPassword } from '@/ui/new-password';
import { TextLink } from '@/ui/text-link';
import { useConfig, useRegister } from './api';
import { AuthCard } from './auth-card';
import { ResendVerification } from './resend-verification';

const fields = ['username', 'email', 'full_name', 'password'] as const;

export function RegisterPage() {
  const { t } = useLingui();
  const config = useConfig();
  const register = useRegister();
  const key = useIdempotencyKey();
  const minLength = config.data?.password_min_length ?? 12;
  const form = useForm({
    initialValues: { username: '', email: '', full_name: '', password: '' },
    validate: {
      username: (value) => (value.trim() ? null : t`Choose a user name.`),
      email: (value) => (/^\S+@\S+$/.test(value) ? null : t`Enter an e-mail address.`),
      full_name: (value) => (value.trim() ? null : t`Enter your name.`),
      password: (value) =>
        [...value].length >= minLength ? null : t`Use at least ${minLength} characters.`,
    },
  });
  const backToSignIn = (
    <TextLink to="/sign-in">
      <Trans>Back to sign-in</Trans>
    </TextLink>
  );

  if (config.data && !config.data.registration) {
    return (
      <AuthCard
        title={t`Create an account`}
        lead={<Trans>Accounts are made by an administrator here. Please ask yours.</Trans>}
        foot={backToSignIn}
      />
    );
  }
  if (register.isSuccess) {
    const { email } = form.values;
    return (
      <AuthCard
        title={t`Check your mail`}
        lead={
          <Trans>We sent a link to {email}. Open it within 24 hours, then you can sign in.</Trans>
        }
        foot={backToSignIn}
      >
        <ResendVerification email={email} />
      </AuthCard>
    );
  }
  return (
    <AuthCard
      title={t`Create an account`}
      lead={<Trans>With an account you can report problems and follow them.</Trans>}
      foot={backToSignIn}
    >
      <form
        noValidate
        onSubmit={form.onSubmit(
          (values) =>
            register.mutate(
              { body: values, headers: key.headers(values) },
              { onError: (error) => showServerErrors(form, error) },
            ),
          focusFirstError,
        )}
      >
        <Stack>
          <FormError error={register.error} shown={fields} />
          <TextInput
            label={t`User name`}
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            required
            {...form.getInputProps('username')}
          />
          <TextInput
            label={t`E-mail`}
            type="email"
            autoComplete="email"
            required
            {...form.getInputProps('email')}
          />
          <TextInput
            label={t`Full name`}
            autoComplete="name"
            required
            {...form.getInputProps('full_name')}
          />
          <NewPassword
            label={t`Password`}
            minLength={minLength}
            {...form.getInputProps('password')}
          />
          <Button type="submit" loading={register.isPending} fullWidth>
            <Trans>Create account</Trans>
          </Button>
        </Stack>
      </form>
    </AuthCard>
  );
}
