import { expect, it } from 'vitest';
import type { Notification } from '@/lib/api';
import { grouped } from './grouped';

const one = (id: number, ticket: number, read = false) =>
  ({ id, read, ticket: { id: ticket, title: `t${ticket}`, status: 'open' } }) as Notification;

it('puts what belongs to a ticket together, in the order of the news', () => {
  const groups = grouped([one(9, 2), one(8, 1, true), one(7, 2, true), one(6, 1)]);
  expect(groups.map(({ ticket }) => ticket.id)).toEqual([2, 1]);
  expect(groups.map(({ entries }) => entries.map(({ id }) => id))).toEqual([
    [9, 7],
    [8, 6],
  ]);
  expect(groups.map(({ unread }) => unread)).toEqual([1, 1]);
});
