import { useLingui } from '@lingui/react/macro';
import { Select, type SelectProps } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { User } from '@/lib/api';
import { listAssigneesOptions, listPeopleOptions } from '@/lib/api/@tanstack/react-query.gen';
import { personName } from '@/ui/person';

interface PersonSelectProps extends Omit<SelectProps, 'value' | 'onChange' | 'data'> {
  /** Everybody, or the IT staff alone. */
  among: 'people' | 'staff';
  /** Who is not offered. */
  without?: readonly number[];
  value: User | null;
  onPick: (person: User | null) => void;
}

/** Finds somebody by name, user name or address while typing. */
export function PersonSelect({ among, without, value, onPick, ...props }: PersonSelectProps) {
  const { t } = useLingui();
  const [typed, setTyped] = useState('');
  const [opened, setOpened] = useState(false);
  const labelOf = (user: User) => `${personName(user)} (${user.username})`;
  const [search] = useDebouncedValue(value && typed === labelOf(value) ? '' : typed.trim(), 150);
  const query = { search: search || undefined, page_size: 50 };
  const common = { placeholderData: keepPreviousData, staleTime: 60_000 };
  const people = useQuery({
    ...listPeopleOptions({ query }),
    ...common,
    enabled: opened && among === 'people',
  });
  const staff = useQuery({
    ...listAssigneesOptions({ query }),
    ...common,
    enabled: opened && among === 'staff',
  });
  const found = among === 'people' ? people : staff;
  const users = new Map<string, User>();
  if (value) users.set(String(value.id), value);
  for (const user of found.data?.results ?? []) {
    if (!without?.includes(user.id)) users.set(String(user.id), user);
  }
  return (
    <Select
      searchable
      nothingFoundMessage={found.isFetching ? t`Searching…` : t`Nobody of that name`}
      // The server has searched already.
      filter={({ options }) => options}
      data={[...users].map(([id, user]) => ({ value: id, label: labelOf(user) }))}
      value={value ? String(value.id) : null}
      onSearchChange={setTyped}
      onDropdownOpen={() => setOpened(true)}
      onChange={(id) => onPick(id ? (users.get(id) ?? null) : null)}
      comboboxProps={{ transitionProps: { duration: 0 } }}
      {...props}
    />
  );
}
