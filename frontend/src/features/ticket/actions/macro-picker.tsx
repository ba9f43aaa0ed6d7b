import { plural } from '@lingui/core/macro';
import { useLingui } from '@lingui/react/macro';
import { IconBolt } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useMacros } from '@/features/macro';
import { Chooser } from '@/ui/chooser';
import { type Question, stopAsking } from './ask';
import { carryOutMacro, gistOf } from './macros';

/** Which macro is to be used. */
export function MacroPicker({ question }: { question: Question }) {
  const { t } = useLingui();
  const client = useQueryClient();
  const [query, setQuery] = useState('');
  const macros = useMacros();
  const { target, anchor } = question;
  const { selection, ticket } = target;
  const count = !selection ? 1 : 'ids' in selection ? selection.ids.length : selection.count;
  const typed = query.trim().toLocaleLowerCase();
  const all = macros.data?.results ?? [];
  const choices = all
    .filter(({ name }) => name.toLocaleLowerCase().includes(typed))
    .map((macro) => ({
      id: String(macro.id),
      label: macro.name,
      hint: gistOf(macro),
      icon: IconBolt,
    }));
  return (
    <Chooser
      wide
      title={
        ticket
          ? t`Use a macro on ticket #${ticket.id}…`
          : t`Use a macro on ${plural(count, { one: '# ticket', other: '# tickets' })}…`
      }
      groups={[{ id: 'macros', choices }]}
      query={query}
      onQuery={setQuery}
      nothing={
        macros.isFetching
          ? t`Searching…`
          : all.length === 0
            ? t`There are no macros yet. Make one under “Macros”.`
            : t`No macro of that name`
      }
      anchor={anchor}
      onClose={stopAsking}
      onPick={(id) => {
        const macro = all.find((one) => String(one.id) === id);
        if (macro) carryOutMacro(client, target, macro);
      }}
    />
  );
}
