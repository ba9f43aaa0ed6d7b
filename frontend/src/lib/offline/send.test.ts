import { HttpResponse } from 'msw';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { adoptSession, endSession } from '@/lib/session';
import { aSession, aTicketDetail } from '@/testing/fixtures';
import { on, problem, server } from '@/testing/server';
import { canWait } from './door';
import { sendEntry } from './send';
import type { Entry } from './state';

beforeEach(() => adoptSession(aSession('it_staff')));
afterEach(() => endSession(true));

const entry = (over: Partial<Entry> = {}): Entry => ({
  id: 1,
  user: 2,
  key: 'key-1',
  method: 'PATCH',
  path: '/api/tickets/42',
  body: { priority: 'urgent' },
  version: 3,
  before: { priority: 'high' },
  at: Date.now(),
  sentAt: null,
  failures: 0,
  refusal: null,
  ...over,
});
const silent = async () => {};

/** A ticket at version 5; whoever is not based on it is refused. */
function ticketNow(over: Parameters<typeof aTicketDetail>[0]) {
  const sent: (string | null)[] = [];
  server.use(
    on.patch('/tickets/42', ({ request }) => {
      sent.push(request.headers.get('If-Match'));
      return sent.at(-1) === '"v5."' ? HttpResponse.json(aTicketDetail()) : problem(412);
    }),
    on.get('/tickets/42', () => HttpResponse.json(aTicketDetail({ version: 5, ...over }))),
  );
  return sent;
}

it('sends a change beside the one of somebody else', async () => {
  const sent = ticketNow({ title: 'Another title', priority: 'high' });
  expect(await sendEntry(entry(), silent)).toBe('sent');
  expect(sent).toEqual(['"v3."', '"v5."']);
});

it('leaves a conflict to the person, with what the server holds', async () => {
  const sent = ticketNow({ priority: 'low' });
  expect(await sendEntry(entry(), silent)).toMatchObject({
    status: 412,
    theirs: { priority: 'low' },
  });
  expect(sent).toEqual(['"v3."']);
});

it('knows its own change when the answer was lost', async () => {
  ticketNow({ priority: 'urgent' });
  expect(await sendEntry(entry(), silent)).toBe('sent');
});

it('sends a POST under the same key each time, and not after the key has ended', async () => {
  const keys: (string | null)[] = [];
  server.use(
    on.post('/tickets/42/messages', ({ request }) => {
      keys.push(request.headers.get('Idempotency-Key'));
      return keys.length === 1 ? problem(503) : HttpResponse.json({}, { status: 201 });
    }),
  );
  const post = entry({ method: 'POST', path: '/api/tickets/42/messages', body: { content: 'x' } });
  expect(await sendEntry(post, silent)).toBe('later');
  expect(await sendEntry(post, silent)).toBe('sent');
  expect(keys).toEqual(['key-1', 'key-1']);
  const old = { ...post, sentAt: Date.now() - 24 * 3_600_000 };
  expect(await sendEntry(old, silent)).toMatchObject({ code: 'offline.unknown' });
  expect(keys).toHaveLength(2);
});

it('stays in the queue without a connection, and gives up what the server refuses', async () => {
  server.use(on.patch('/tickets/42', () => HttpResponse.error()));
  expect(await sendEntry(entry(), silent)).toBe('later');
  server.use(on.patch('/tickets/42', () => problem(403, { code: 'ticket.denied', detail: 'No.' })));
  expect(await sendEntry(entry(), silent)).toMatchObject({ status: 403, detail: 'No.' });
});

it('lets wait what is about tickets, and nothing that needs an answer', () => {
  for (const [method, path] of [
    ['POST', '/api/tickets'],
    ['POST', '/api/tickets/4/assign'],
    ['POST', '/api/tickets/4/messages'],
    ['PATCH', '/api/comments/9'],
    ['DELETE', '/api/tickets/4/drafts/reply'],
  ] as const) {
    expect(canWait(method, path), path).toBe(true);
  }
  for (const [method, path] of [
    ['GET', '/api/tickets'],
    ['POST', '/api/auth/login'],
    ['POST', '/api/bulk'],
    ['PATCH', '/api/users/4'],
    ['PUT', '/api/tickets/4/drafts/reply'],
    ['POST', '/api/tickets/4/seen'],
    ['POST', '/api/presence'],
  ] as const) {
    expect(canWait(method, path), path).toBe(false);
  }
});
