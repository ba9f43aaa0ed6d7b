import { QueryClient } from '@tanstack/react-query';
import { HttpResponse } from 'msw';
import { afterEach, expect, it, vi } from 'vitest';
import { getTicketQueryKey, listNotesQueryKey } from '@/lib/api/@tanstack/react-query.gen';
import { adoptSession, endSession } from '@/lib/session';
import { aSession, aTicketDetail } from '@/testing/fixtures';
import { on, server } from '@/testing/server';
import { makeRefresher } from './refresh';
import type { Change } from './store';
import { follow, pauseBefore } from './stream';

afterEach(() => {
  vi.useRealTimers();
  endSession(true);
});

const body = (text: string) =>
  new HttpResponse(text, { headers: { 'Content-Type': 'text/event-stream' } });

it('goes on behind the last event, over every break', async () => {
  adoptSession(aSession('it_staff'));
  const asked: (string | null)[] = [];
  server.use(
    on.get('/stream', ({ request }) => {
      asked.push(request.headers.get('Last-Event-ID'));
      if (asked.length === 1) return body('id: 7\nevent: change\ndata: {"id":7}\n\n');
      if (asked.length === 2) return HttpResponse.error();
      return body(': ping\n\nid: 8\nevent: change\ndata: {"id":8}\n\n');
    }),
  );
  const stop = new AbortController();
  const got: string[] = [];
  let last: string | null = null;
  let lost = 0;
  await follow(
    {
      lastId: () => last,
      onEvent: (event) => {
        last = event.id ?? last;
        got.push(event.data);
        if (got.length === 2) stop.abort();
      },
      onOpen: () => {},
      onLost: () => {
        lost += 1;
      },
    },
    stop.signal,
  );
  expect(got).toEqual(['{"id":7}', '{"id":8}']);
  expect(asked).toEqual([null, '7', '7']);
  expect(lost).toBeGreaterThanOrEqual(2);
});

it('waits longer and longer, but never for ever', () => {
  expect(pauseBefore(0)).toBe(0);
  expect(pauseBefore(1, 1)).toBe(500);
  expect(pauseBefore(3, 1)).toBe(2000);
  expect(pauseBefore(50, 1)).toBe(15_000);
  expect(pauseBefore(1, 0)).toBe(250);
});

it('fetches what changed once, and not what one did oneself', async () => {
  vi.useFakeTimers();
  const client = new QueryClient();
  const key = getTicketQueryKey({ path: { id: 42 } });
  const notes = listNotesQueryKey({ path: { id: 42 } });
  client.setQueryData(key, aTicketDetail({ version: 3 }));
  client.setQueryData(notes, []);
  const refresh = makeRefresher(client);
  const change = (over: Partial<Change>): Change => ({
    id: 1,
    type: 'ticket.status_changed',
    ticket_id: 42,
    version: 3,
    actor_id: 1,
    for_me: null,
    ...over,
  });
  const stale = (queryKey: readonly unknown[]) => client.getQueryState(queryKey)?.isInvalidated;
  refresh(change({}));
  vi.advanceTimersByTime(1000);
  expect(stale(key)).toBe(false);
  refresh(change({ type: 'note.created' }));
  vi.advanceTimersByTime(1000);
  expect([stale(key), stale(notes)]).toEqual([false, true]);
  refresh(change({ version: 4 }));
  vi.advanceTimersByTime(1000);
  expect(stale(key)).toBe(true);
});
