import { HttpResponse, http } from 'msw';
import { setupServer } from 'msw/node';
import type { Problem } from '@/lib/api';
import { aDashboard, aList } from './fixtures';

const api = (path: string) => `${location.origin}/api${path}`;

/** Request handlers with the paths of the API. */
export const on = {
  get: (path: string, ...rest: ResolverOf<typeof http.get>) => http.get(api(path), ...rest),
  post: (path: string, ...rest: ResolverOf<typeof http.post>) => http.post(api(path), ...rest),
  put: (path: string, ...rest: ResolverOf<typeof http.put>) => http.put(api(path), ...rest),
  patch: (path: string, ...rest: ResolverOf<typeof http.patch>) => http.patch(api(path), ...rest),
  delete: (path: string, ...rest: ResolverOf<typeof http.delete>) =>
    http.delete(api(path), ...rest),
};
type ResolverOf<F extends (...args: never[]) => unknown> =
  Parameters<F> extends [unknown, ...infer R] ? R : never;

/** problem+json as the server sends it. */
export function problem(status: number, over: Partial<Problem> = {}) {
  return HttpResponse.json(
    {
      type: 'about:blank',
      title: 'Problem',
      status,
      detail: '',
      code: '',
      request_id: 'r1',
      ...over,
    },
    { status, headers: { 'Content-Type': 'application/problem+json' } },
  );
}

/** A server that knows nobody and has nothing, until a test says otherwise. */
export const server = setupServer(
  on.get('/config', () =>
    HttpResponse.json({
      registration: true,
      password_min_length: 12,
      version: 'test',
      demo: false,
    }),
  ),
  on.post('/auth/refresh', () => problem(401)),
  on.post('/auth/logout', () => new HttpResponse(null, { status: 204 })),
  on.get('/dashboard', () => HttpResponse.json(aDashboard())),
  on.get('/preferences', () => HttpResponse.json(aList([]))),
  on.get('/notifications', () => HttpResponse.json(aList([]))),
  on.get('/notifications/unread', () => HttpResponse.json({ count: 0, more: false })),
  on.get('/views', () => HttpResponse.json(aList([]))),
  on.get('/views/counts', () => HttpResponse.json({ counts: [] })),
  on.get('/tickets', () => HttpResponse.json(aList([]))),
  on.get('/tickets/:id/events', () => HttpResponse.json(aList([]))),
  on.get('/tickets/:id/notes', () => HttpResponse.json(aList([]))),
  on.get('/tickets/:id/messages', () => HttpResponse.json(aList([]))),
  on.get('/tickets/:id/seen', () => HttpResponse.json({ event_id: 0, seen_at: null })),
  on.post('/tickets/:id/seen', () => HttpResponse.json({ event_id: 1, seen_at: null })),
  on.post('/presence', () => new HttpResponse(null, { status: 204 })),
  on.get('/tickets/similar', () => HttpResponse.json({ results: [] })),
  on.get('/categories', () => HttpResponse.json({ categories: [] })),
  on.get('/fields', () => HttpResponse.json({ fields: [] })),
  on.get('/substatuses', () => HttpResponse.json({ substatuses: [] })),
  on.get('/tags', () => HttpResponse.json({ tags: [] })),
  on.get('/tickets/query_fields', () => HttpResponse.json({ fields: [] })),
  on.get('/drafts', () => HttpResponse.json(aList([]))),
  on.put('/drafts/ticket', async ({ request }) =>
    HttpResponse.json({
      kind: 'ticket',
      ticket_id: null,
      ...((await request.json()) as object),
      version: 1,
      updated_at: '2026-11-01T09:00:00Z',
    }),
  ),
  on.delete('/drafts/ticket', () => new HttpResponse(null, { status: 204 })),
  on.put('/tickets/:id/drafts/:kind', async ({ request, params }) =>
    HttpResponse.json({
      kind: params.kind,
      ticket_id: Number(params.id),
      title: '',
      content: ((await request.json()) as { content: string }).content,
      version: 1,
      updated_at: '2026-11-01T09:00:00Z',
    }),
  ),
  on.delete('/tickets/:id/drafts/:kind', () => new HttpResponse(null, { status: 204 })),
  on.get('/teams', () => HttpResponse.json({ results: [] })),
  on.get('/tickets/count', () => HttpResponse.json({ count: 0, exact: true })),
  on.get('/tickets/:id/mail_log', () => HttpResponse.json({ received: [], sent: [] })),
  on.get('/tickets/:id/watchers', () => HttpResponse.json({ results: [] })),
  on.get('/people', () => HttpResponse.json(aList([]))),
  on.get('/assignees', () => HttpResponse.json(aList([]))),
  on.get('/auth/tokens', () => HttpResponse.json(aList([]))),
);
