import { plural } from '@lingui/core/macro';
import { useLingui } from '@lingui/react/macro';
import { useDebouncedValue } from '@mantine/hooks';
import { IconUser, IconUserOff, IconUserStar, IconUsersGroup } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, useState } from 'react';
import { useTeams } from '@/features/team';
import type { User } from '@/lib/api';
import { listSubstatusesOptions } from '@/lib/api/@tanstack/react-query.gen';
import { useMe } from '@/lib/session';
import { type Choice, type ChoiceGroup, Chooser } from '@/ui/chooser';
import { personName } from '@/ui/person';
import { useAssignees } from '../api';
import { finerColour } from '../finer';
import {
  type Priority,
  priorities,
  priorityKeys,
  type Status,
  statuses,
  statusKeys,
} from '../labels';
import { type Question, stopAsking, useQuestion } from './ask';
import { begins } from './begins';
import { change } from './carry-out';

const DepthPickers = lazy(() =>
  import('../depth/pickers').then((m) => ({ default: m.DepthPickers })),
);

const MacroPicker = lazy(() => import('./macro-picker').then((m) => ({ default: m.MacroPicker })));

/** What commands ask: whom, which status, which priority. */
export function Pickers() {
  const question = useQuestion();
  useEffect(() => stopAsking, []); // A session that ends answers nothing.
  if (!question) return null;
  if (question.about === 'assignee') return <PersonPicker question={question} />;
  if (question.about === 'team') return <TeamPicker question={question} />;
  if (question.about === 'status') return <StatusPicker question={question} />;
  if (question.about === 'priority') return <PriorityPicker question={question} />;
  if (isFacet(question.about)) {
    return (
      <Suspense>
        <FacetPicker question={question} />
      </Suspense>
    );
  }
  if (question.about === 'macro') {
    return (
      <Suspense>
        <MacroPicker question={question} />
      </Suspense>
    );
  }
  return (
    <Suspense>
      <DepthPickers question={question} />
    </Suspense>
  );
}

const isFacet = (about: Question['about']) =>
  about === 'tag' || about === 'category' || about === 'field';

const FacetPicker = lazy(() => import('./facet-pickers').then((m) => ({ default: m.FacetPicker })));

function useTitle({ about, target }: Pick<Question, 'about' | 'target'>): string {
  const { t } = useLingui();
  const { selection, ticket } = target;
  const count = !selection ? 1 : 'ids' in selection ? selection.ids.length : selection.count;
  if (about === 'assignee') {
    return ticket
      ? t`Assign ticket #${ticket.id} to…`
      : t`Assign ${plural(count, { one: '# ticket', other: '# tickets' })} to…`;
  }
  if (about === 'team') {
    return ticket
      ? t`Give ticket #${ticket.id} to team…`
      : t`Give ${plural(count, { one: '# ticket', other: '# tickets' })} to team…`;
  }
  if (about === 'status') {
    return ticket
      ? t`Status of ticket #${ticket.id}…`
      : t`Status of ${plural(count, { one: '# ticket', other: '# tickets' })}…`;
  }
  return ticket
    ? t`Priority of ticket #${ticket.id}…`
    : t`Priority of ${plural(count, { one: '# ticket', other: '# tickets' })}…`;
}

function PriorityPicker({ question: { target, anchor, ...question } }: { question: Question }) {
  const { t, i18n } = useLingui();
  const client = useQueryClient();
  const [query, setQuery] = useState('');
  const title = useTitle({ ...question, target });
  const choices: Choice[] = priorityKeys
    .map((key) => ({
      id: key,
      label: i18n._(priorities[key].label),
      icon: priorities[key].icon,
      current: target.ticket?.priority === key,
    }))
    .filter(({ label }) => begins(label, query.trim()));
  return (
    <Chooser
      title={title}
      groups={[{ id: 'priority', choices }]}
      query={query}
      onQuery={setQuery}
      nothing={t`Nothing found`}
      anchor={anchor}
      onClose={stopAsking}
      onPick={(to) => change(client, target, { kind: 'priority', to: to as Priority })}
    />
  );
}

/** The four statuses, each followed by the finer ones inside of it. */
function StatusPicker({ question: { target, anchor, ...question } }: { question: Question }) {
  const { t, i18n } = useLingui();
  const client = useQueryClient();
  const [query, setQuery] = useState('');
  const title = useTitle({ ...question, target });
  const { data } = useQuery({ ...listSubstatusesOptions(), staleTime: 60_000 });
  const finer = data?.substatuses.filter(({ active }) => active) ?? [];
  const now = target.ticket;
  const choices: Choice[] = statusKeys
    .flatMap((key): Choice[] => {
      const status = i18n._(statuses[key].label);
      const { icon } = statuses[key];
      const inside = finer.filter(({ state }) => state === key);
      return [
        {
          id: key,
          label: status,
          icon,
          current: now?.status === key && !inside.some(({ slug }) => slug === now.substatus?.slug),
        },
        ...inside.map(({ slug, label, colour }) => ({
          id: `/${slug}`,
          label,
          hint: status,
          icon,
          colour: finerColour(key, { colour }),
          current: now?.substatus?.slug === slug,
        })),
      ];
    })
    .filter(({ label }) => begins(label, query.trim()));
  const pick = (id: string) => {
    const one = finer.find(({ slug }) => `/${slug}` === id);
    if (!one) return change(client, target, { kind: 'status', to: id as Status });
    const { state, slug, label, colour } = one;
    return change(client, target, { kind: 'status', to: state, finer: { slug, label, colour } });
  };
  return (
    <Chooser
      title={title}
      groups={[{ id: 'status', choices }]}
      query={query}
      onQuery={setQuery}
      nothing={t`Nothing found`}
      anchor={anchor}
      onClose={stopAsking}
      onPick={pick}
    />
  );
}

function TeamPicker({ question }: { question: Question }) {
  const { t } = useLingui();
  const client = useQueryClient();
  const [query, setQuery] = useState('');
  const title = useTitle(question);
  const teams = useTeams();
  const { target, anchor } = question;
  const typed = query.trim();
  const now = target.ticket ? (target.ticket.team?.id ?? 0) : -1;
  const active = (teams.data?.results ?? []).filter((team) => team.is_active);
  const choices: Choice[] = [
    { id: '0', label: t`No team`, icon: IconUserOff, current: now === 0 },
    ...active.map(({ id, name, mine }) => ({
      id: String(id),
      label: name,
      hint: mine ? t`my team` : undefined,
      icon: IconUsersGroup,
      current: now === id,
    })),
  ].filter(({ label }) => begins(label, typed));
  return (
    <Chooser
      title={title}
      groups={[{ id: 'team', choices }]}
      query={query}
      onQuery={setQuery}
      nothing={teams.isFetching ? t`Searching…` : t`No team of that name`}
      anchor={anchor}
      onClose={stopAsking}
      onPick={(id) => {
        const to = active.find((team) => String(team.id) === id);
        change(client, target, { kind: 'team', to: to ? { id: to.id, name: to.name } : null });
      }}
    />
  );
}

function PersonPicker({ question }: { question: Question }) {
  const { t } = useLingui();
  const client = useQueryClient();
  const me = useMe();
  const [query, setQuery] = useState('');
  const title = useTitle(question);
  const { target, anchor } = question;
  const typed = query.trim();
  // The first page is there before one asks; the server searches only what lies beyond it.
  const first = useAssignees('', true);
  const isWhole = !!first.data && !first.data.next;
  const [searched] = useDebouncedValue(typed, 120);
  const more = useAssignees(searched, !isWhole && searched !== '');
  const people = new Map<number, User>([[me.id, me]]);
  for (const user of first.data?.results ?? []) people.set(user.id, user);
  if (typed) for (const user of more.data?.results ?? []) people.set(user.id, user);
  const now = target.ticket ? (target.ticket.assigned_to?.id ?? 0) : -1;
  const nobody: Choice = { id: '0', label: t`Nobody`, icon: IconUserOff, current: now === 0 };
  const found = [...people.values()]
    .filter((user) => begins(personName(user), typed) || begins(user.username, typed))
    .map((user) => ({
      id: String(user.id),
      label: personName(user),
      hint: user.id === me.id ? t`me` : user.username,
      icon: user.id === me.id ? IconUserStar : IconUser,
      current: now === user.id,
    }));
  const groups: ChoiceGroup[] = [
    { id: 'people', choices: typed ? found : [nobody, ...found] },
    { id: 'nobody', choices: typed && begins(nobody.label, typed) ? [nobody] : [] },
  ];
  return (
    <Chooser
      title={title}
      groups={groups}
      query={query}
      onQuery={setQuery}
      nothing={more.isFetching ? t`Searching…` : t`Nobody of that name`}
      anchor={anchor}
      onClose={stopAsking}
      onPick={(id) =>
        change(client, target, { kind: 'assignee', to: people.get(Number(id)) ?? null })
      }
    />
  );
}
