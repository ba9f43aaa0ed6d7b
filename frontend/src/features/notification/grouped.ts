import type { Notification } from '@/lib/api';

export interface Group {
  ticket: Notification['ticket'];
  entries: Notification[];
  unread: number;
}

/** Notifications by their tickets, the ticket with the newest one first. */
export function grouped(all: readonly Notification[]): Group[] {
  const groups = new Map<number, Group>();
  for (const one of all) {
    const group = groups.get(one.ticket.id) ?? { ticket: one.ticket, entries: [], unread: 0 };
    group.entries.push(one);
    if (!one.read) group.unread += 1;
    groups.set(one.ticket.id, group);
  }
  return [...groups.values()];
}
