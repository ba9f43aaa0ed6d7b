import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { CreateUserRequest } from '@/lib/api';
import {
  type Account,
  createUser,
  deleteUser,
  type UpdateUserRequest,
  updateUser,
} from '@/lib/api';
import {
  getUserOptions,
  getUserQueryKey,
  listUsersOptions,
} from '@/lib/api/@tanstack/react-query.gen';
import { ifMatch } from '@/lib/etag';
import { invalidate } from '@/lib/query';
import { type UsersSearch, usersPageSize } from './search-params';

const must = { throwOnError: true } as const;

export function useUsers(search: UsersSearch) {
  return useQuery({
    ...listUsersOptions({
      query: {
        search: search.search,
        role: search.role,
        is_active: search.active && search.active === 'yes',
        page: search.cursor ? undefined : search.page,
        cursor: search.cursor,
        page_size: usersPageSize,
      },
    }),
    placeholderData: keepPreviousData,
  });
}

export function useUser(id: number) {
  return useQuery(getUserOptions({ path: { id } }));
}

export function useCreateUser() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (input: { body: CreateUserRequest; headers: Record<string, string> }) =>
      (await createUser({ ...input, ...must })).data,
    onSuccess: () => invalidate(client, 'listUsers', 'listAssignees'),
  });
}

/** Changes an account, against the version that is on screen. */
export function useUpdateUser() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ base, patch }: { base: Account; patch: UpdateUserRequest }) => {
      const options = { path: { id: base.id }, body: patch, headers: ifMatch(base), ...must };
      return (await updateUser(options)).data;
    },
    onSuccess: (account) => {
      client.setQueryData(getUserQueryKey({ path: { id: account.id } }), account);
      void invalidate(client, 'listUsers', 'listAssignees');
    },
    onError: (_error, { base }) => {
      void client.invalidateQueries({ queryKey: getUserQueryKey({ path: { id: base.id } }) });
    },
  });
}

/** Deactivates the account and removes the personal data; tickets and comments stay. */
export function useDeleteUser() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (account: Account) => {
      await deleteUser({ path: { id: account.id }, headers: ifMatch(account), ...must });
    },
    onSuccess: (_nothing, account) => {
      void client.invalidateQueries({ queryKey: getUserQueryKey({ path: { id: account.id } }) });
      void invalidate(client, 'listUsers', 'listAssignees');
    },
  });
}
