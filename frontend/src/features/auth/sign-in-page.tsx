import { Trans, useLingui } from '@lingui/react/macro';
import { Alert, Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect } from 'react';
import { focusFirstError } from '@/lib/forms';
import { safeReturnPath } from '@/lib/navigation';
import { asApiError, explain } from '@/lib/problem';
import { useSession } from '@/lib/session';
import { TextLink } from '@/ui/text-link';
import { useConfig, useSignIn } from './api';
import { AuthCard } from './auth-card';

export function SignInPage() {
  const { t } = useLingui();
  const { next } = useSearch({ from: '/public/sign-in' });
  const navigate = useNavigate();
  const session = useSession();
  const config = useConfig();
  const signIn = useSignIn();
  const form = useForm({
    initialValues: { username: '', password: '' },
    validate: {
      username: (value) => (value ? null : t`Enter your user name or e-mail address.`),
      password: (value) => (value ? null : t`Enter your password.`),
    },
  });

  // Also when another tab signs in.
  const signedIn = session.status === 'signed-in';
  useEffect(() => {
    if (signedIn) void navigate({ to: safeReturnPath(next), replace: true });
  }, [signedIn, next, navigate]);

  const wrong = signIn.error && asApiError(signIn.error).status === 401;
  return (
    <AuthCard
      title={t`Sign in`}
      foot={
        <>
          <TextLink to="/forgot-password">
            <Trans>Forgot your password?</Trans>
          </TextLink>
          {config.data?.registration && (
            <TextLink to="/register">
              <Trans>Create an account</Trans>
            </TextLink>
          )}
        </>
      }
    >
      <form
        noValidate
        onSubmit={form.onSubmit((values) => signIn.mutate({ body: values }), focusFirstError)}
      >
        <Stack>
          {signIn.error && (
            <Alert color="red" role="alert">
              {wrong ? t`Wrong user name or password.` : explain(signIn.error)}
            </Alert>
          )}
          <TextInput
            label={t`User name or e-mail`}
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            required
            {...form.getInputProps('username')}
          />
          <PasswordInput
            label={t`Password`}
            autoComplete="current-password"
            required
            visibilityToggleButtonProps={{ 'aria-label': t`Show password` }}
            {...form.getInputProps('password')}
          />
          <Button type="submit" loading={signIn.isPending} fullWidth>
            <Trans>Sign in</Trans>
          </Button>
        </Stack>
      </form>
    </AuthCard>
  );
}
