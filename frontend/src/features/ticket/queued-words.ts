import { i18n } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import type { QueryClient } from '@tanstack/react-query';
import type { User } from '@/lib/api';
import type { Entry } from '@/lib/offline/state';
import { personName } from '@/ui/person';
import { type Priority, priorities, type Status, statuses } from './labels';

/** The ticket that a waiting write is about; null for a new one. */
export function ticketOf({ path, body }: Entry): number | null {
  const id = /^\/api\/tickets\/(\d+)/.exec(path)?.[1] ?? body?.ticket_id;
  return id ? Number(id) : null;
}

function statusName(value: unknown): string {
  const known = statuses[value as Status];
  return known ? i18n._(known.label) : String(value);
}

function priorityName(value: unknown): string {
  const known = priorities[value as Priority];
  return known ? i18n._(known.label) : String(value);
}

/** Somebody whom a list of assignees has named. */
function assigneeName(client: QueryClient, id: unknown): string {
  if (id === null) return i18n._(msg`Nobody`);
  for (const { queryKey, state } of client.getQueryCache().getAll()) {
    const operation = (queryKey[0] as { _id?: string } | undefined)?._id;
    if (operation !== 'listAssignees') continue;
    const { results } = (state.data ?? {}) as { results?: User[] };
    const found = results?.find((user) => user.id === id);
    if (found) return personName(found);
  }
  return `#${id}`;
}

/** What a waiting write does, in words, and the text that it holds. */
export function describeEntry(client: QueryClient, entry: Entry): { what: string; text?: string } {
  const { method, path, body } = entry;
  const content = typeof body?.content === 'string' ? body.content : undefined;
  const end = path.split('/').at(-1) ?? '';
  if (path === '/api/tickets') {
    return { what: i18n._(msg`New ticket`), text: String(body?.title ?? '') };
  }
  if (end === 'messages') {
    const note = body?.kind === 'note';
    const resolves = body?.status === 'resolved';
    if (note) return { what: i18n._(msg`Internal note`), text: content };
    const what = resolves ? msg`Reply, and the ticket is resolved` : msg`Reply`;
    return { what: i18n._(what), text: content };
  }
  if (end === 'notes') return { what: i18n._(msg`Internal note`), text: content };
  if (end === 'add_comment' || path === '/api/comments') {
    return { what: i18n._(msg`Comment`), text: content };
  }
  if (end === 'update_status') {
    return { what: i18n._(msg`Status: ${statusName(body?.status)}`) };
  }
  if (end === 'assign') {
    return { what: i18n._(msg`Assignee: ${assigneeName(client, body?.user_id ?? null)}`) };
  }
  if (end === 'close') return { what: i18n._(msg`Close the ticket`) };
  if (end === 'reopen') return { what: i18n._(msg`Reopen the ticket`) };
  const gone = method === 'DELETE';
  if (/^\/api\/comments\/\d+$/.test(path)) {
    return { what: i18n._(gone ? msg`Delete a comment` : msg`Edit a comment`), text: content };
  }
  if (/^\/api\/notes\/\d+$/.test(path)) {
    return {
      what: i18n._(gone ? msg`Delete an internal note` : msg`Edit an internal note`),
      text: content,
    };
  }
  if (gone) return { what: i18n._(msg`Delete the ticket`) };
  return { what: i18n._(msg`Change of the ticket`), text: fieldsInWords(body ?? {}) };
}

/** The fields of a ticket, one in a line. */
export function fieldsInWords(fields: Record<string, unknown>): string {
  const lines: string[] = [];
  for (const [name, value] of Object.entries(fields)) {
    if (name === 'title') lines.push(String(value));
    else if (name === 'description' || name === 'content') lines.push(String(value));
    else if (name === 'priority') lines.push(i18n._(msg`Priority: ${priorityName(value)}`));
    else if (name === 'status') lines.push(i18n._(msg`Status: ${statusName(value)}`));
    else if (name === 'assigned_to') {
      const who = value && typeof value === 'object' ? personName(value as User) : '';
      lines.push(i18n._(msg`Assignee: ${who || i18n._(msg`Nobody`)}`));
    }
  }
  return lines.join('\n');
}
