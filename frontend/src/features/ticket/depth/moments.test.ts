import { expect, it } from 'vitest';
import { daysOn, daysTo, momentOf, readMoment, wallOf } from './moments';

const berlin = 'Europe/Berlin';
const monday = new Date('2026-03-02T09:00:00Z');

it.each([
  ['3d', '2026-03-05T09:00:00.000Z'],
  ['+4h', '2026-03-02T13:00:00.000Z'],
  ['17:30', '2026-03-02T16:30:00.000Z'],
  ['08:00', '2026-03-03T07:00:00.000Z'],
  ['2026-04-01', '2026-04-01T07:00:00.000Z'],
  ['2026-04-01 17:30', '2026-04-01T15:30:00.000Z'],
])('reads %s', (text, wanted) => {
  expect(readMoment(text, monday, berlin, 9)?.toISOString()).toBe(wanted);
});

it.each(['', 'soon', '25:00', '2026-13-01', '3y'])('does not read "%s"', (text) => {
  expect(readMoment(text, monday, berlin, 9)).toBeNull();
});

it('stays at the hour when the clocks are changed', () => {
  const saturday = new Date('2026-03-28T09:00:00Z');
  expect(daysOn(saturday, 1, 9, berlin).toISOString()).toBe('2026-03-29T07:00:00.000Z');
  // 02:30 does not exist on that day.
  const skipped = momentOf({ year: 2026, month: 3, day: 29, hour: 2, minute: 30 }, berlin);
  expect(wallOf(skipped, berlin)).toMatchObject({ day: 29, minute: 30 });
});

it('counts the days to a day of the week', () => {
  expect(daysTo(1, monday, berlin)).toBe(7);
  expect(daysTo(5, monday, berlin)).toBe(4);
  // Late on Monday in Berlin it is Tuesday already further east.
  const late = new Date('2026-03-02T22:00:00Z');
  expect(daysTo(1, late, 'Asia/Tokyo')).toBe(6);
});
