import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { FormError } from '@/ui/form-error';
import { useResendVerification } from './api';

/** Asks for another verification mail; the answer is alike for known and unknown addresses. */
export function ResendVerification({ email = '' }: { email?: string }) {
  const { t } = useLingui();
  const resend = useResendVerification();
  const [address, setAddress] = useState(email);
  if (resend.isSuccess) {
    return (
      <Text role="status">
        <Trans>If that address waits for its verification, a new mail is on its way.</Trans>
      </Text>
    );
  }
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (address) resend.mutate({ body: { email: address } });
      }}
    >
      <Stack>
        <FormError error={resend.error} />
        {!email && (
          <TextInput
            label={t`E-mail`}
            type="email"
            autoComplete="email"
            required
            value={address}
            onChange={(event) => setAddress(event.currentTarget.value)}
          />
        )}
        <Button type="submit" variant="default" loading={resend.isPending}>
          <Trans>Send the mail again</Trans>
        </Button>
      </Stack>
    </form>
  );
}
