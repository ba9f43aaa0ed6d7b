import type { I18n } from '@lingui/core';
import { useLingui } from '@lingui/react/macro';
import { useDebouncedValue } from '@mantine/hooks';
import { IconFilter, IconTicket, IconUser } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { change, targetOf, useViews, viewSearch } from '@/features/ticket';
import type { Ticket, User } from '@/lib/api';
import {
  getTicketOptions,
  listAssigneesOptions,
  listTicketsOptions,
} from '@/lib/api/@tanstack/react-query.gen';
import { type Command, command, contexts, groups, Keys, keysOf } from '@/lib/commands';
import { type ChoiceGroup, Chooser } from '@/ui/chooser';
import { isolated } from '@/ui/isolate';
import { personName } from '@/ui/person';
import { groupNames } from './group-names';

/** So many tickets are enough to recognise the right one. */
const most = 8;

/** Whether each typed word begins a word of the text. */
function matches(text: string, typed: string[]): boolean {
  const words = text.split(/[\s,./-]+/);
  return typed.every((part) => words.some((word) => word.startsWith(part)));
}

function commandGroups(available: Command[], query: string, i18n: I18n): ChoiceGroup[] {
  const fold = (text: string) => text.toLocaleLowerCase(i18n.locale);
  const typed = fold(query).split(/\s+/).filter(Boolean);
  const rank = (label: string) => {
    if (fold(label).startsWith(typed.join(' '))) return 0;
    return matches(fold(label), typed) ? 1 : 2;
  };
  const found = available
    .map((it) => ({ it, label: i18n._(it.label) }))
    .filter(({ it, label }) => matches(fold(`${label} ${it.words ? i18n._(it.words) : ''}`), typed))
    .map((one) => ({ ...one, rank: rank(one.label) }));
  // What is called so comes before what only has such a word to it.
  return groups
    .map((group) => {
      const own = found.filter(({ it }) => it.group === group).sort((a, b) => a.rank - b.rank);
      return { group, own, best: own[0]?.rank ?? 2 };
    })
    .sort((a, b) => a.best - b.best)
    .map(({ group, own }) => ({
      id: group,
      label: i18n._(groupNames[group]),
      choices: own.map(({ it, label }) => {
        const keys = keysOf(it)[0];
        return { id: it.id, label, icon: it.icon, end: keys && <Keys keys={keys} /> };
      }),
    }));
}

/** Tickets of a number or with these words. */
function useFoundTickets(query: string): Ticket[] {
  const [typed] = useDebouncedValue(query.trim(), 120);
  const number = Number(/^#?(\d{1,9})$/.exec(typed)?.[1] ?? 0);
  const byNumber = useQuery({
    ...getTicketOptions({ path: { id: number } }),
    enabled: number > 0,
    retry: false,
  });
  const byWords = useQuery({
    ...listTicketsOptions({ query: { search: typed, page_size: most } }),
    placeholderData: keepPreviousData,
    enabled: typed.length > 1,
  });
  const first = number > 0 && byNumber.data ? [byNumber.data as Ticket] : [];
  const rest = typed.length > 1 ? (byWords.data?.results ?? []) : [];
  return [...first, ...rest.filter((ticket) => ticket.id !== first[0]?.id)];
}

/** People of this name, to assign what the keyboard is at. */
function useFoundPeople(query: string, able: boolean): User[] {
  const typed = query.trim();
  const [search] = useDebouncedValue(typed, 120);
  const found = useQuery({
    ...listAssigneesOptions({ query: { search, page_size: most } }),
    placeholderData: keepPreviousData,
    enabled: able && search.length > 1,
  });
  return able && typed.length > 1 ? (found.data?.results ?? []) : [];
}

interface PaletteProps {
  /** What could be done when it was opened. */
  available: Command[];
  onClose: () => void;
}

/** Every command and every ticket, found by typing. */
export function Palette({ available, onClose }: PaletteProps) {
  const { t, i18n } = useLingui();
  const [query, setQuery] = useState('');
  const tickets = useFoundTickets(query);
  const commands = commandGroups(available, query, i18n);
  const people = useFoundPeople(
    query,
    available.some(({ id }) => id === 'ticket.assign'),
  );
  const assign: ChoiceGroup = {
    id: 'people',
    label: t`Assign to`,
    choices: people.map((person) => ({
      id: `@${person.id}`,
      label: personName(person),
      hint: person.username,
      icon: IconUser,
    })),
  };
  const found: ChoiceGroup = {
    id: 'tickets',
    label: t`Tickets`,
    choices: tickets.map((ticket) => ({
      id: `#${ticket.id}`,
      label: isolated(ticket.title),
      hint: `#${ticket.id}`,
      icon: IconTicket,
    })),
  };
  const views = useViews();
  const typed = query.trim().toLocaleLowerCase(i18n.locale).split(/\s+/).filter(Boolean);
  const saved: ChoiceGroup = {
    id: 'views',
    label: t`Views`,
    choices: views
      .filter(({ name }) => typed.length > 0 && matches(name.toLocaleLowerCase(i18n.locale), typed))
      .map((view) => ({
        id: `v${view.id}`,
        label: view.name,
        hint: view.icon,
        icon: IconFilter,
      })),
  };
  const pick = (id: string) => {
    const now = contexts();
    const view = views.find((one) => id === `v${one.id}`);
    if (view) return now.global?.go({ to: '/tickets', search: { ...viewSearch(view) } });
    if (id.startsWith('#')) {
      now.global?.go({ to: '/tickets/$ticketId', params: { ticketId: id.slice(1) } });
    } else if (id.startsWith('@')) {
      const target = targetOf(now);
      const to = people.find((person) => `@${person.id}` === id);
      if (now.global && target && to) change(now.global.client, target, { kind: 'assignee', to });
    } else command(id).run(now, { by: 'palette' });
  };
  return (
    <Chooser
      wide
      title={t`Find a command or a ticket`}
      groups={
        /^#?\d/.test(query.trim()) ? [found, ...commands] : [...commands, saved, found, assign]
      }
      query={query}
      onQuery={setQuery}
      nothing={t`Nothing found`}
      onPick={pick}
      onClose={onClose}
    />
  );
}
