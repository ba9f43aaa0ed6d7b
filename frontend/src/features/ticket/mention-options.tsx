import { useMemo } from 'react';
import type { Option } from '@/features/editor';
import { personName } from '@/ui/person';
import { useAssignees } from './api';

/** People to call while "@na…" is being written. */
export function useMentionOptions(query: string | null): readonly Option[] {
  const people = useAssignees(query ?? '', query !== null);
  const found = query === null ? undefined : people.data?.results;
  return useMemo(
    () =>
      (found ?? []).slice(0, 6).map((person) => ({
        id: String(person.id),
        text: `${person.username} `,
        label: (
          <>
            {personName(person)} <span>@{person.username}</span>
          </>
        ),
      })),
    [found],
  );
}
