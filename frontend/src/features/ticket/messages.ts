import { i18n } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import {
  type QueryClient,
  queryOptions,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import { useEffect } from 'react';
import {
  type ListMessagesResponse,
  listNotes,
  type Message,
  type Note,
  sendMessage,
  sendMessageNow,
  unsendMessage,
} from '@/lib/api';
import {
  getTicketQueryKey,
  listMessagesOptions,
  listMessagesQueryKey,
  listNotesQueryKey,
  listTicketEventsQueryKey,
} from '@/lib/api/@tanstack/react-query.gen';
import { allPages } from '@/lib/pages';
import { invalidate } from '@/lib/query';
import { offerUndo } from '@/lib/undo';
import type { Status } from './labels';

const must = { throwOnError: true } as const;
export type MessageKind = 'reply' | 'note';

/** Seconds in which what was sent can still be taken back. */
export const holdSeconds = 10;

/** At most this many pages of 100 notes; nobody reads more. */
const notePages = 20;

/** All internal notes of a ticket, oldest first; for those who may see notes only. */
export function notesOptions(id: number) {
  return queryOptions({
    queryKey: listNotesQueryKey({ path: { id } }) as readonly unknown[],
    queryFn: ({ signal }) =>
      allPages<Note>(notePages, async (cursor) => {
        const query = { page_size: 100, cursor };
        return (await listNotes({ path: { id }, query, signal, ...must })).data;
      }),
  });
}

export function useNotes(id: number, enabled: boolean) {
  return useQuery({ ...notesOptions(id), enabled });
}

/** Everything that a sent message changes. */
export function refreshTicket(client: QueryClient, id: number): void {
  for (const queryKey of [
    getTicketQueryKey({ path: { id } }),
    listNotesQueryKey({ path: { id } }),
    listMessagesQueryKey({ path: { id } }),
    listTicketEventsQueryKey({ path: { id } }),
  ]) {
    void client.invalidateQueries({ queryKey });
  }
  void invalidate(client, 'listTickets', 'getDashboard');
}

/** One's own messages that still wait at the server. */
export function useHeldMessages(id: number) {
  const client = useQueryClient();
  const held = useQuery(listMessagesOptions({ path: { id } }));
  const next = held.data?.results.map((one) => Date.parse(one.release_at)).sort((a, b) => a - b)[0];
  // The server sends them within a second of their time; each answer sets the clock anew.
  // biome-ignore lint/correctness/useExhaustiveDependencies: an answer without news counts, too
  useEffect(() => {
    if (next === undefined) return;
    const wait = Math.max(next - Date.now(), 0) + 1200;
    const timer = setTimeout(() => refreshTicket(client, id), Math.min(wait, 70_000));
    return () => clearTimeout(timer);
  }, [client, id, next, held.dataUpdatedAt]);
  return held.data?.results ?? [];
}

export interface Sending {
  kind: MessageKind;
  content: string;
  status?: Status;
  /** The newest comment that was on the screen; leave out to send in any case. */
  lastCommentId?: number;
  /** Uploads that go with it. */
  attachment_ids?: number[];
  headers: Record<string, string>;
}

/** Sends a message that can be taken back for ten seconds; `onUndo` gets its text again. */
export function useSendMessage(id: number, onUndo: (message: Message) => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ lastCommentId, headers, ...body }: Sending) =>
      (
        await sendMessage({
          path: { id },
          body: { ...body, last_comment_id: lastCommentId, hold_seconds: holdSeconds },
          headers,
          ...must,
        })
      ).data,
    onSuccess: (message) => {
      setHeld(client, id, (list) => [...list.filter((one) => one.id !== message.id), message]);
      const text = message.kind === 'note' ? msg`Internal note added` : msg`Reply sent`;
      offerUndo({
        message: i18n._(text),
        seconds: holdSeconds - 1, // the server does not wait for a slow network
        undo: async () => {
          await takeBack(client, message);
          onUndo(message);
        },
        done: i18n._(msg`Taken back; nobody has seen it`),
      });
    },
  });
}

/** Unsends a message that waits. */
export async function takeBack(client: QueryClient, message: Message): Promise<void> {
  try {
    await unsendMessage({ path: { id: message.id }, ...must });
    setHeld(client, message.ticket_id, (list) => list.filter((one) => one.id !== message.id));
  } catch (error) {
    refreshTicket(client, message.ticket_id);
    throw error;
  }
}

/** Sends a message without waiting any longer. */
export async function sendAtOnce(client: QueryClient, message: Message): Promise<void> {
  try {
    await sendMessageNow({ path: { id: message.id }, ...must });
  } finally {
    refreshTicket(client, message.ticket_id);
  }
}

function setHeld(client: QueryClient, id: number, change: (list: Message[]) => Message[]): void {
  const queryKey = listMessagesQueryKey({ path: { id } });
  void client.cancelQueries({ queryKey });
  client.setQueryData<ListMessagesResponse>(queryKey, (list) => {
    const results = change(list?.results ?? []);
    return {
      count_exact: true,
      next: null,
      previous: null,
      ...list,
      results,
      count: results.length,
    };
  });
}
