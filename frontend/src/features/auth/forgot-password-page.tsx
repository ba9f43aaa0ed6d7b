import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { focusFirstError, showServerErrors } from '@/lib/forms';
import { FormError } from '@/ui/form-error';
import { TextLink } from '@/ui/text-link';
import { useForgotPassword } from './api';
import { AuthCard } from './auth-card';

export function ForgotPasswordPage() {
  const { t } = useLingui();
  const forgot = useForgotPassword();
  const form = useForm({
    initialValues: { email: '' },
    validate: {
      email: (value) => (/^\S+@\S+$/.test(value) ? null : t`Enter an e-mail address.`),
    },
  });
  const foot = (
    <TextLink to="/sign-in">
      <Trans>Back to sign-in</Trans>
    </TextLink>
  );
  if (forgot.isSuccess) {
    return (
      <AuthCard
        title={t`Check your mail`}
        lead={
          <Trans>If that address has an account, a link to set a new password is on its way.</Trans>
        }
        foot={foot}
      />
    );
  }
  return (
    <AuthCard
      title={t`Forgot your password?`}
      lead={<Trans>We send a link with which you can set a new one.</Trans>}
      foot={foot}
    >
      <form
        noValidate
        onSubmit={form.onSubmit(
          (values) =>
            forgot.mutate({ body: values }, { onError: (error) => showServerErrors(form, error) }),
          focusFirstError,
        )}
      >
        <Stack>
          <FormError error={forgot.error} shown={['email']} />
          <TextInput
            label={t`E-mail`}
            type="email"
            autoComplete="email"
            required
            {...form.getInputProps('email')}
          />
          <Button type="submit" loading={forgot.isPending} fullWidth>
            <Trans>Send the link</Trans>
          </Button>
        </Stack>
      </form>
    </AuthCard>
  );
}
