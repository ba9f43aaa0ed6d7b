import { expect, it } from 'vitest';
import { parseTimeSearch } from './time-search';

it('reads a time report from the URL, and drops what cannot be', () => {
  expect(parseTimeSearch({})).toEqual({});
  expect(parseTimeSearch({ by: 'ticket', of: 'team', only: 'none', name: 'x', y: 1 })).toEqual({
    by: 'ticket',
    of: 'team',
    only: 'none',
    name: 'x',
  });
  expect(parseTimeSearch({ by: 'moon', of: 'user', only: 'none' })).toEqual({});
  expect(parseTimeSearch({ of: 'user', only: '7', from: '2026-03-01', to: '2026-03-02' })).toEqual({
    of: 'user',
    only: '7',
    from: '2026-03-01',
    to: '2026-03-02',
  });
  expect(parseTimeSearch({ of: 'team', only: '7; DROP' })).toEqual({});
  expect(parseTimeSearch({ by: 'cf.room_2', of: 'tag', only: 'none' })).toEqual({
    by: 'cf.room_2',
    of: 'tag',
    only: 'none',
  });
  expect(parseTimeSearch({ by: 'cf.x&y', of: 'ticket', only: '7' })).toEqual({});
});
