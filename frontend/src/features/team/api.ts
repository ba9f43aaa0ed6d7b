import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { createTeam, removeTeamMember, setTeamMember, type Team, updateTeam } from '@/lib/api';
import { listTeamsOptions } from '@/lib/api/@tanstack/react-query.gen';
import { ifMatch } from '@/lib/etag';
import { invalidate } from '@/lib/query';

const must = { throwOnError: true } as const;

/** All teams, by name, for those who work on tickets. */
export function useTeams(enabled = true) {
  return useQuery({ ...listTeamsOptions(), staleTime: 60_000, enabled });
}

export interface TeamFields {
  name: string;
  restricted: boolean;
  is_active: boolean;
}

/** Creates a team, or changes the one that is given. */
export function useSaveTeam(team?: Team) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (body: TeamFields) =>
      team
        ? (await updateTeam({ path: { id: team.id }, body, headers: ifMatch(team), ...must })).data
        : (await createTeam({ body, ...must })).data,
    onSettled: () => invalidate(client, 'listTeams', 'listTickets'),
  });
}

/** Adds, appoints or removes a member. */
export function useSetMember(team: Team) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (input: { userId: number; lead?: boolean; remove?: boolean }) => {
      const path = { id: team.id, user_id: input.userId };
      if (input.remove) return (await removeTeamMember({ path, ...must })).data;
      return (await setTeamMember({ path, body: { lead: input.lead }, ...must })).data;
    },
    onSettled: () => invalidate(client, 'listTeams'),
  });
}
