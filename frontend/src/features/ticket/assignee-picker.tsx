import { useLingui } from '@lingui/react/macro';
import { Select, type SelectProps } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useMemo, useState } from 'react';
import type { User } from '@/lib/api';
import { personName } from '@/ui/person';
import { useAssignees } from './api';

interface AssigneePickerProps extends Omit<SelectProps, 'value' | 'onChange' | 'data'> {
  value: string | null;
  /** The person behind `value`, when it is known. */
  person?: User | null;
  onPick: (person: User | null) => void;
}

/** Finds an assignee by name while typing. */
export function AssigneePicker({ value, person, onPick, ...props }: AssigneePickerProps) {
  const { t } = useLingui();
  const [typed, setTyped] = useState('');
  const [opened, setOpened] = useState(false);
  const current = person ? personName(person) : '';
  // What the field shows for the chosen person is not something to search for.
  const [search] = useDebouncedValue(typed === current ? '' : typed.trim(), 150);
  const found = useAssignees(search, opened || (!!value && !person));
  const people = useMemo(() => {
    const byId = new Map<string, User>();
    if (person) byId.set(String(person.id), person);
    for (const user of found.data?.results ?? []) byId.set(String(user.id), user);
    return byId;
  }, [found.data, person]);
  const data = [...people.values()].map((user) => ({
    value: String(user.id),
    label: personName(user),
  }));
  const seen = new Map<string, number>();
  for (const { label } of data) seen.set(label, (seen.get(label) ?? 0) + 1);
  const distinct = data.map((option) =>
    (seen.get(option.label) ?? 0) > 1
      ? { ...option, label: `${option.label} (${people.get(option.value)?.username})` }
      : option,
  );
  return (
    <Select
      searchable
      clearable
      clearButtonProps={{ 'aria-label': t`Clear` }}
      placeholder={t`Unassigned`}
      nothingFoundMessage={found.isFetching ? t`Searching…` : t`Nobody of that name`}
      // The server has searched already.
      filter={({ options }) => options}
      data={distinct}
      value={value}
      onSearchChange={setTyped}
      onDropdownOpen={() => setOpened(true)}
      onChange={(id) => onPick(id ? (people.get(id) ?? null) : null)}
      comboboxProps={{ transitionProps: { duration: 0 } }}
      {...props}
    />
  );
}
