import { useLingui } from '@lingui/react/macro';
import { Stack } from '@mantine/core';
import { Page } from '@/ui/page';
import { ApiTokens } from './api-tokens';
import { Appearance } from './appearance';
import { PasswordForm } from './password-form';
import { ProfileForm } from './profile-form';

export function ProfilePage() {
  const { t } = useLingui();
  return (
    <Page title={t`Profile`} width="narrow">
      <Stack gap="lg">
        <ProfileForm />
        <Appearance />
        <PasswordForm />
        <ApiTokens />
      </Stack>
    </Page>
  );
}
