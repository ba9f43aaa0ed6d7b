import { expect, it } from 'vitest';
import { relativeTime } from './time';

const now = Date.parse('2026-11-23T12:00:00Z');

it.each([
  ['2026-11-23T11:59:30Z', 'en', 'now'],
  ['2026-11-23T11:55:00Z', 'en', '5 min. ago'],
  ['2026-11-23T09:00:00Z', 'de', 'vor 3 Std.'],
  ['2026-11-22T09:00:00Z', 'en', 'yesterday'],
  ['2026-12-23T12:00:00Z', 'en', 'next mo.'],
])('tells %s in %s', (iso, locale, text) => {
  expect(relativeTime(iso, now, locale)).toBe(text);
});
