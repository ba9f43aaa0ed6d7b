import type { MessageDescriptor } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import type { Webhook } from '@/lib/api';

/** What speaks at the other end; names of products are the same in every language. */
export const kinds: Record<Webhook['kind'], MessageDescriptor> = {
  standard: msg`Standard Webhooks`,
  slack: msg`Slack`,
  teams: msg`Microsoft Teams`,
  mattermost: msg`Mattermost`,
};

export const isChat = (kind: Webhook['kind']) => kind !== 'standard';

/** What happened, for those who choose; a type that is new here keeps its name. */
export const typeLabels: Record<string, MessageDescriptor> = {
  'ticket.created': msg`A ticket was opened`,
  'ticket.updated': msg`Title or description changed`,
  'ticket.status_changed': msg`The status changed`,
  'ticket.priority_changed': msg`The priority changed`,
  'ticket.assigned': msg`Somebody was assigned`,
  'ticket.team_changed': msg`The team changed`,
  'ticket.confidential_changed': msg`Confidential, or no more`,
  'ticket.commented': msg`A comment was written`,
  'ticket.comment_updated': msg`A comment changed`,
  'ticket.comment_deleted': msg`A comment was deleted`,
  'ticket.cc_added': msg`Somebody came into CC`,
  'ticket.cc_removed': msg`Somebody left the CC`,
  'ticket.due_changed': msg`It is due at another time`,
  'ticket.merged': msg`It was merged into another ticket`,
  'ticket.merged_in': msg`Another ticket was merged into it`,
  'ticket.unmerged': msg`A merge was undone`,
  'ticket.split_off': msg`A part became a ticket of its own`,
  'ticket.split_from': msg`It was split from another ticket`,
  'ticket.split_undone': msg`A split was undone`,
  'ticket.deleted': msg`It was deleted`,
  'ticket.restored': msg`It was restored`,
  'attachment.added': msg`A file was added`,
  'attachment.removed': msg`A file was removed`,
  'note.created': msg`An internal note was written`,
  'note.updated': msg`An internal note changed`,
  'note.deleted': msg`An internal note was deleted`,
  'note.watcher_added': msg`Somebody watches it`,
  'note.watcher_removed': msg`Somebody watches it no more`,
  'user.created': msg`An account was made`,
  'user.updated': msg`An account changed`,
  'user.role_changed': msg`The role of an account changed`,
  'user.activated': msg`An account was activated`,
  'user.deactivated': msg`An account was deactivated`,
  'user.anonymised': msg`An account was anonymised`,
  'team.created': msg`A team was made`,
  'team.updated': msg`A team changed`,
  'team.member_added': msg`Somebody joined a team`,
  'team.member_removed': msg`Somebody left a team`,
};

const nouns: [string, MessageDescriptor][] = [
  ['ticket', msg`Tickets`],
  ['attachment', msg`Files`],
  ['user', msg`Accounts`],
  ['team', msg`Teams`],
];

interface TypeOf {
  type: string;
  internal: boolean;
}

/** The types under headings, in their order; what is internal stands by itself. */
export function grouped(types: TypeOf[]): { title: MessageDescriptor; types: TypeOf[] }[] {
  const open = types.filter(({ internal }) => !internal);
  const of = (noun: string) => open.filter(({ type }) => type.startsWith(`${noun}.`));
  const known = nouns.flatMap(([noun]) => of(noun));
  return [
    ...nouns.map(([noun, title]) => ({ title, types: of(noun) })),
    { title: msg`Internal`, types: types.filter(({ internal }) => internal) },
    { title: msg`Other`, types: open.filter((one) => !known.includes(one)) },
  ].filter((group) => group.types.length > 0);
}
