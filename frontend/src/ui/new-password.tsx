import { useLingui } from '@lingui/react/macro';
import { PasswordInput, type PasswordInputProps } from '@mantine/core';

/** A field for a new password, with its rule said before anybody breaks it. */
export function NewPassword({ minLength, ...props }: PasswordInputProps & { minLength: number }) {
  const { t } = useLingui();
  return (
    <PasswordInput
      autoComplete="new-password"
      required
      description={t`At least ${minLength} characters. A short sentence is easy to remember.`}
      visibilityToggleButtonProps={{ 'aria-label': t`Show password` }}
      {...props}
    />
  );
}
