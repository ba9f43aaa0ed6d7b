import { describe, expect, it } from 'vitest';
import { nextPlace, previousPlace } from './pager';

const slice = (over: object = {}) => ({
  count: 120,
  count_exact: true,
  next: null,
  previous: null,
  results: [],
  ...over,
});

describe('pages', () => {
  it('count up while the count says there is more', () => {
    expect(nextPlace(slice(), {}, 50)).toEqual({ page: 2 });
    expect(nextPlace(slice(), { page: 3 }, 50)).toBeNull();
  });

  it('go on by cursor where the count ends', () => {
    const next = 'http://desk.example/api/tickets?cursor=abc&page_size=50';
    expect(nextPlace(slice({ next }), { page: 3 }, 50)).toEqual({ cursor: 'abc' });
    expect(nextPlace(slice({ next }), { cursor: 'zz' }, 50)).toEqual({ cursor: 'abc' });
  });

  it('lead back to an address without a page', () => {
    expect(previousPlace(slice(), {})).toBeNull();
    expect(previousPlace(slice(), { page: 2 })).toEqual({});
    expect(previousPlace(slice(), { page: 3 })).toEqual({ page: 2 });
    expect(previousPlace(slice(), { cursor: 'abc' })).toEqual({});
  });
});
