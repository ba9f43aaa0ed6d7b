import { describe, expect, it } from 'vitest';
import { isFiltered, parseQueueSearch, queueQuery } from './search-params';

describe('parseQueueSearch', () => {
  it('reads what it knows', () => {
    const raw = {
      view: 'mine',
      status: 'closed,open',
      priority: 'urgent',
      sort: '-priority',
      page: '3',
      search: '42',
    };
    expect(parseQueueSearch(raw)).toEqual({
      view: 'mine',
      status: 'open,closed',
      priority: 'urgent',
      sort: '-priority',
      page: 3,
      q: '42',
    });
  });

  it('drops what it does not know, so that old links still open', () => {
    const raw = { view: 'x', status: 'x,', priority: '', sort: 'x', page: '0', assignee: 'me;--' };
    expect(parseQueueSearch(raw)).toEqual({});
  });
});

describe('queueQuery', () => {
  it('turns the views into assignees', () => {
    expect(queueQuery({ view: 'unassigned' }).assigned_to).toBe('none');
    expect(queueQuery({ view: 'mine' }).assigned_to).toBe('me');
    expect(queueQuery({ assignee: '7' }).assigned_to).toBe('7');
  });

  it('lets the cursor win over the page', () => {
    expect(queueQuery({ page: 4, cursor: 'abc' })).toMatchObject({
      page: undefined,
      cursor: 'abc',
    });
  });
});

it('knows whether a list is narrowed', () => {
  expect(isFiltered({ view: 'mine', sort: 'priority', page: 2 })).toBe(false);
  expect(isFiltered({ q: 'x' })).toBe(true);
});
