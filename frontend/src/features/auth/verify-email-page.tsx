import { Trans, useLingui } from '@lingui/react/macro';
import { Loader } from '@mantine/core';
import { useSearch } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { asApiError, explain } from '@/lib/problem';
import { LinkButton } from '@/ui/link-button';
import { TextLink } from '@/ui/text-link';
import { useVerifyEmail } from './api';
import { AuthCard } from './auth-card';
import { ResendVerification } from './resend-verification';

/** Where the link of the registration mail leads. */
export function VerifyEmailPage() {
  const { t } = useLingui();
  const { token } = useSearch({ from: '/public/verify-email' });
  const { mutate, isSuccess, error } = useVerifyEmail();
  const sent = useRef(false);
  useEffect(() => {
    // The link works once: never send it twice.
    if (!token || sent.current) return;
    sent.current = true;
    mutate({ body: { token } });
  }, [token, mutate]);

  if (isSuccess) {
    return (
      <AuthCard
        title={t`Address verified`}
        lead={<Trans>Your account is ready. You can sign in now.</Trans>}
      >
        <LinkButton to="/sign-in" fullWidth>
          <Trans>Sign in</Trans>
        </LinkButton>
      </AuthCard>
    );
  }
  if (error || !token) {
    const { status } = asApiError(error);
    const expired = !token || (status >= 400 && status < 500 && status !== 429);
    return (
      <AuthCard
        title={t`This link does not work`}
        lead={
          expired ? (
            <Trans>It was used before, or is older than 24 hours. We can send a new one.</Trans>
          ) : (
            explain(error)
          )
        }
        foot={
          <TextLink to="/sign-in">
            <Trans>Back to sign-in</Trans>
          </TextLink>
        }
      >
        <ResendVerification />
      </AuthCard>
    );
  }
  return (
    <AuthCard title={t`Verifying your address`}>
      <Loader className="fd-late" size="sm" aria-label={t`Loading`} />
    </AuthCard>
  );
}
