import type { Comment, Note, TicketEvent } from '@/lib/api';

/** What others did to a ticket since a moment. */
export interface News {
  status: { from: string; to: string } | null;
  priority: { from: string; to: string } | null;
  /** Undefined for unchanged, null for nobody. */
  assignee: string | null | undefined;
  title: boolean;
  description: boolean;
  /** Changes of another kind. */
  more: number;
  replies: number;
  notes: number;
}

/** Told by what they are about: by the messages themselves. */
const silent = /^(?:ticket\.(?:created|commented)|comment\.|note\.)/;

/** The properties that are not as they were, and how many messages came; null when nothing did. */
export function newsSince(
  since: string | null,
  me: number,
  events: readonly TicketEvent[],
  comments: readonly Comment[],
  notes: readonly Note[],
): News | null {
  if (!since) return null;
  const after = Date.parse(since);
  const fresh = (at: string, who: number | undefined) => Date.parse(at) > after && who !== me;
  const news: News = {
    ...{ status: null, priority: null, assignee: undefined, title: false, description: false },
    more: 0,
    replies: comments.filter((c) => !c.is_system_message && fresh(c.created_at, c.author.id))
      .length,
    notes: notes.filter((note) => fresh(note.created_at, note.author.id)).length,
  };
  for (const event of events) {
    if (!fresh(event.created_at, event.actor?.id) || silent.test(event.type)) continue;
    const data = event.data as Record<string, unknown>;
    const moved = (was: { from: string } | null) => ({
      from: was?.from ?? String(data.from),
      to: String(data.to),
    });
    if (event.type === 'ticket.status_changed') news.status = moved(news.status);
    else if (event.type === 'ticket.priority_changed') news.priority = moved(news.priority);
    else if (event.type === 'ticket.assigned') {
      news.assignee = (data.to as { username?: string } | null)?.username ?? null;
    } else if (event.type === 'ticket.updated' && Array.isArray(data.changed)) {
      news.title ||= data.changed.includes('title');
      news.description ||= data.changed.includes('description');
    } else news.more += 1;
  }
  // There and back again is no news.
  if (news.status?.from === news.status?.to) news.status = null;
  if (news.priority?.from === news.priority?.to) news.priority = null;
  const some =
    news.status || news.priority || news.title || news.description || news.assignee !== undefined;
  return some || news.more + news.replies + news.notes > 0 ? news : null;
}
