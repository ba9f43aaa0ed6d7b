import { expect, it } from 'vitest';
import type { Comment, Note, TicketEvent } from '@/lib/api';
import { newsSince } from './whats-new';

const since = '2026-03-02T10:00:00Z';
const before = '2026-03-02T09:00:00Z';
const after = '2026-03-02T11:00:00Z';
const event = (type: string, data: object, at = after, actor = 2) =>
  ({ type, data, created_at: at, actor: { id: actor } }) as unknown as TicketEvent;
const message = (at: string, author: number, system = false) =>
  ({ created_at: at, author: { id: author }, is_system_message: system }) as unknown as Comment;

it('lists the properties that others changed, from where they were to where they are', () => {
  const news = newsSince(
    since,
    1,
    [
      event('ticket.status_changed', { from: 'closed', to: 'open' }, before),
      event('ticket.status_changed', { from: 'open', to: 'in_progress' }),
      event('ticket.status_changed', { from: 'in_progress', to: 'resolved' }),
      event('ticket.priority_changed', { from: 'low', to: 'high' }),
      event('ticket.priority_changed', { from: 'high', to: 'low' }),
      event('ticket.assigned', { to: { username: 'ada' } }),
      event('ticket.updated', { changed: ['title'] }),
      event('ticket.tagged', {}),
      event('ticket.commented', {}),
    ],
    [message(after, 2), message(after, 1), message(before, 2), message(after, 2, true)],
    [message(after, 2) as unknown as Note],
  );
  expect(news).toEqual({
    status: { from: 'open', to: 'resolved' },
    priority: null,
    assignee: 'ada',
    title: true,
    description: false,
    more: 1,
    replies: 1,
    notes: 1,
  });
});

it('is silent where nothing happened, at a first look, and about what one did oneself', () => {
  expect(newsSince(null, 1, [event('ticket.tagged', {})], [], [])).toBeNull();
  expect(newsSince(since, 2, [event('ticket.tagged', {})], [message(after, 2)], [])).toBeNull();
  expect(newsSince(since, 1, [event('ticket.tagged', {}, before)], [], [])).toBeNull();
});
