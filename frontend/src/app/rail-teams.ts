import { IconUsersGroup } from '@tabler/icons-react';
import { useQueries } from '@tanstack/react-query';
import { useRouterState } from '@tanstack/react-router';
import { useTeams } from '@/features/team';
import { unfinished } from '@/features/ticket/search-params';
import { countTicketsOptions } from '@/lib/api/@tanstack/react-query.gen';
import type { Item } from './rail-item';
import { useCountText } from './rail-views';

/** More teams of one's own than this are found on the page of teams. */
const most = 8;

const queryOf = (name: string) => `team:"${name.replace(/["\\]/g, '\\$&')}"`;

/** The queues of one's own teams, with what is unfinished in them. */
export function useTeamItems(works: boolean, onList: boolean): Item[] {
  const teams = useTeams(works);
  const text = useCountText();
  const asked = useRouterState({ select: ({ location }) => (location.search as { q?: string }).q });
  const mine = (teams.data?.results ?? [])
    .filter((team) => team.mine && team.is_active)
    .slice(0, most);
  const counts = useQueries({
    queries: mine.map(({ name }) => ({
      ...countTicketsOptions({ query: { q: queryOf(name), status: unfinished } }),
      staleTime: 30_000,
    })),
  });
  return mine.map((team, i) => ({
    key: `team-${team.id}`,
    label: team.name,
    icon: IconUsersGroup,
    link: { to: '/tickets', search: { q: queryOf(team.name), status: unfinished } },
    current: onList && asked === queryOf(team.name),
    count: text(counts[i]?.data),
  }));
}
