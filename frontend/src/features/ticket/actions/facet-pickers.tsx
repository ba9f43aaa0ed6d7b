import { plural } from '@lingui/core/macro';
import { useLingui } from '@lingui/react/macro';
import { IconCategory, IconTag, IconTagOff, IconX } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { listCategoriesOptions, listTagsOptions } from '@/lib/api/@tanstack/react-query.gen';
import { type Choice, Chooser } from '@/ui/chooser';
import { type Question, stopAsking } from './ask';
import { change } from './carry-out';

const rarely = { staleTime: 60_000 };
const fold = (text: string) => text.toLocaleLowerCase();

function useCount({ selection }: Question['target']): number {
  if (!selection) return 1;
  return 'ids' in selection ? selection.ids.length : selection.count;
}

/** Which tag to put on, or to take off; one that is not there yet is made. */
export function TagPicker({ question }: { question: Question }) {
  const { t } = useLingui();
  const client = useQueryClient();
  const [query, setQuery] = useState('');
  const tags = useQuery({ ...listTagsOptions(), ...rarely });
  const { target, anchor } = question;
  const count = useCount(target);
  const typed = query.trim();
  const has = target.ticket?.tags ?? [];
  const known = [...new Set([...has, ...(tags.data?.tags ?? []).map(({ name }) => name)])];
  const fits = known.filter((name) => fold(name).includes(fold(typed)));
  const entry = (name: string, on: boolean): Choice => ({
    id: `${on ? '+' : '-'}${name}`,
    label: name,
    hint: on ? undefined : t`take off`,
    icon: on ? IconTag : IconTagOff,
  });
  const off = target.ticket ? fits.filter((name) => has.includes(name)) : [];
  const on = fits.filter((name) => !has.includes(name));
  const fresh = typed && !known.some((name) => fold(name) === fold(typed));
  const groups = [
    { id: 'on', choices: on.map((name) => entry(name, true)) },
    { id: 'off', choices: off.map((name) => entry(name, false)) },
    {
      id: 'new',
      choices: fresh ? [{ ...entry(typed, true), hint: t`new tag` }] : [],
    },
    // Of many tickets some may have it: taking it off comes after putting it on.
    {
      id: 'off-all',
      label: t`Take off`,
      choices: target.ticket ? [] : fits.map((name) => entry(name, false)),
    },
  ];
  return (
    <Chooser
      title={
        target.ticket
          ? t`Tags of ticket #${target.ticket.id}…`
          : t`Tags of ${plural(count, { one: '# ticket', other: '# tickets' })}…`
      }
      groups={groups}
      query={query}
      onQuery={setQuery}
      nothing={tags.isFetching ? t`Searching…` : t`Type a word to make it a tag`}
      anchor={anchor}
      onClose={stopAsking}
      onPick={(id) =>
        change(client, target, { kind: 'tag', name: id.slice(1), on: id.startsWith('+') })
      }
    />
  );
}

/** Which category a ticket belongs to. */
export function CategoryPicker({ question }: { question: Question }) {
  const { t } = useLingui();
  const client = useQueryClient();
  const [query, setQuery] = useState('');
  const categories = useQuery({ ...listCategoriesOptions(), ...rarely });
  const { target, anchor } = question;
  const count = useCount(target);
  const now = target.ticket ? (target.ticket.category?.id ?? 0) : -1;
  const all = (categories.data?.categories ?? []).filter(({ usable }) => usable);
  const choices: Choice[] = [
    { id: '0', label: t`No category`, icon: IconX, current: now === 0 },
    ...all.map(({ id, path }) => ({
      id: String(id),
      label: path,
      icon: IconCategory,
      current: now === id,
    })),
  ].filter(({ label }) => fold(label).includes(fold(query.trim())));
  return (
    <Chooser
      title={
        target.ticket
          ? t`Category of ticket #${target.ticket.id}…`
          : t`Category of ${plural(count, { one: '# ticket', other: '# tickets' })}…`
      }
      groups={[{ id: 'category', choices }]}
      query={query}
      onQuery={setQuery}
      nothing={categories.isFetching ? t`Searching…` : t`No category of that name`}
      anchor={anchor}
      onClose={stopAsking}
      onPick={(id) => {
        const to = all.find((category) => String(category.id) === id);
        change(client, target, {
          kind: 'category',
          to: to ? { id: to.id, name: to.name, path: to.path } : null,
        });
      }}
    />
  );
}
