import { useLingui } from '@lingui/react/macro';
import { NativeSelect, SimpleGrid, TextInput } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { roles } from './labels';
import { type Role, roleKeys } from './search-params';

/** What an administrator can say about an account. */
export interface UserValues extends Record<string, unknown> {
  username: string;
  email: string;
  full_name: string;
  role: Role;
  department: string;
  phone: string;
}

export const userFields = ['username', 'email', 'full_name', 'role', 'department', 'phone'];

/** The rules that can be told without asking the server. */
export function useUserRules() {
  const { t } = useLingui();
  return {
    username: (value: string) => (value.trim() ? null : t`Enter a user name.`),
    email: (value: string) => (/^\S+@\S+$/.test(value) ? null : t`Enter an e-mail address.`),
  };
}

export function UserFields({ form }: { form: UseFormReturnType<UserValues> }) {
  const { t, i18n } = useLingui();
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }}>
      <TextInput
        label={t`User name`}
        required
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        {...form.getInputProps('username')}
      />
      <TextInput
        label={t`E-mail`}
        type="email"
        required
        autoComplete="off"
        {...form.getInputProps('email')}
      />
      <TextInput label={t`Full name`} autoComplete="off" {...form.getInputProps('full_name')} />
      <NativeSelect
        label={t`Role`}
        data={roleKeys.map((value) => ({ value, label: i18n._(roles[value]) }))}
        {...form.getInputProps('role')}
      />
      <TextInput label={t`Department`} autoComplete="off" {...form.getInputProps('department')} />
      <TextInput label={t`Phone`} type="tel" autoComplete="off" {...form.getInputProps('phone')} />
    </SimpleGrid>
  );
}
