import {
  infiniteQueryOptions,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import {
  listNotifications,
  type NotificationSettings,
  type NotificationSettingsUpdate,
} from '@/lib/api';
import {
  countNotificationsOptions,
  getNotificationSettingsOptions,
  readNotificationMutation,
  readNotificationsMutation,
  updateNotificationSettingsMutation,
} from '@/lib/api/@tanstack/react-query.gen';
import { cursorOf } from '@/lib/pages';
import { invalidate } from '@/lib/query';

const pageSize = 50;

/** Everything one was told of, page by page. The key is that of the plain list, so that news refresh it. */
export function useNotifications(unread: boolean) {
  return useInfiniteQuery(
    infiniteQueryOptions({
      queryKey: [{ _id: 'listNotifications', unread }],
      initialPageParam: undefined as string | undefined,
      queryFn: async ({ pageParam, signal }) => {
        const query = { unread: unread || undefined, page_size: pageSize, cursor: pageParam };
        return (await listNotifications({ query, signal, throwOnError: true })).data;
      },
      getNextPageParam: (last) => cursorOf(last.next),
    }),
  );
}

export function useUnreadCount() {
  return useQuery(countNotificationsOptions());
}

function useAgain() {
  const client = useQueryClient();
  return () => invalidate(client, 'listNotifications', 'countNotifications');
}

export function useReadNotifications() {
  return useMutation({ ...readNotificationsMutation(), onSettled: useAgain() });
}

export function useReadNotification() {
  return useMutation({ ...readNotificationMutation(), onSettled: useAgain() });
}

export function useNotificationSettings() {
  return useQuery(getNotificationSettingsOptions());
}

const choosing = ['chooseNotifications'];

/** Chooses at once on the screen, so that each choice holds what was chosen before it was saved. */
export function useChooseNotifications() {
  const client = useQueryClient();
  return useMutation({
    ...updateNotificationSettingsMutation(),
    mutationKey: choosing,
    scope: { id: 'notification-settings' },
    onMutate: async ({ body }) => {
      const { queryKey } = getNotificationSettingsOptions();
      await client.cancelQueries({ queryKey });
      client.setQueryData(queryKey, (now) => now && chosen(now, body));
    },
    // What was refused is shown as it is when nothing more is on the way.
    onSettled: () =>
      client.isMutating({ mutationKey: choosing }) === 1
        ? invalidate(client, 'getNotificationSettings')
        : undefined,
  });
}

function chosen(
  now: NotificationSettings,
  { kinds = [], ...rest }: NotificationSettingsUpdate,
): NotificationSettings {
  return {
    ...now,
    ...rest,
    kinds: now.kinds.map((one) => ({ ...one, ...kinds.find(({ kind }) => kind === one.kind) })),
  };
}
