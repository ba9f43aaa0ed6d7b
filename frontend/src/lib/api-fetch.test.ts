import { HttpResponse } from 'msw';
import { beforeEach, describe, expect, it } from 'vitest';
import { getMe, listTickets, login, replayJob } from '@/lib/api';
import { aList, aMe, aSession } from '@/testing/fixtures';
import { on, problem, server } from '@/testing/server';
import { adoptSession, currentSession, endSession, startSession } from './session';

const must = { throwOnError: true } as const;

describe('the session', () => {
  beforeEach(() => endSession(true));

  it('is renewed once for many requests that meet a 401', async () => {
    adoptSession(aSession('employee', 'old'));
    let refreshes = 0;
    server.use(
      on.post('/auth/refresh', () => {
        refreshes += 1;
        return HttpResponse.json(aSession('employee', 'new'));
      }),
      on.get('/auth/me', ({ request }) =>
        request.headers.get('Authorization') === 'Bearer new'
          ? HttpResponse.json(aMe())
          : problem(401),
      ),
    );
    const answers = await Promise.all([getMe(must), getMe(must), getMe(must)]);
    expect(answers.every((answer) => answer.data.username === 'erin')).toBe(true);
    expect(refreshes).toBe(1);
  });

  it('ends when it cannot be renewed', async () => {
    adoptSession(aSession('employee', 'old'));
    server.use(on.get('/auth/me', () => problem(401)));
    await expect(getMe(must)).rejects.toMatchObject({ status: 401 });
    expect(currentSession()).toEqual({ status: 'signed-out', deliberate: false });
  });

  it('survives a server that is down for a moment', async () => {
    adoptSession(aSession('employee', 'old'));
    server.use(
      on.get('/auth/me', () => problem(401)),
      on.post('/auth/refresh', () => problem(503)),
    );
    await expect(getMe(must)).rejects.toMatchObject({ status: 503 });
    expect(currentSession().status).toBe('signed-in');
  });

  it('renews a token that is about to end before it is used', async () => {
    adoptSession({ ...aSession('employee', 'old'), expires_in: 5 });
    const used: (string | null)[] = [];
    server.use(
      on.post('/auth/refresh', () => HttpResponse.json(aSession('employee', 'new'))),
      on.get('/tickets', ({ request }) => {
        used.push(request.headers.get('Authorization'));
        return HttpResponse.json(aList([]));
      }),
    );
    await listTickets(must);
    expect(used).toEqual(['Bearer new']);
  });

  it('is not asked for where nobody was signed in', async () => {
    await startSession();
    expect(currentSession().status).toBe('signed-out');
  });

  it('keeps no token in storage', () => {
    adoptSession(aSession('employee', 'secret-token'));
    expect(JSON.stringify({ ...localStorage, ...sessionStorage })).not.toContain('secret-token');
  });
});

describe('requests', () => {
  it('carry an Idempotency-Key when they POST, the same one after a renewal', async () => {
    adoptSession(aSession('admin', 'old'));
    const keys: (string | null)[] = [];
    server.use(
      on.post('/auth/refresh', () => HttpResponse.json(aSession('admin', 'new'))),
      on.post('/jobs/:id/replay', ({ request }) => {
        keys.push(request.headers.get('Idempotency-Key'));
        return request.headers.get('Authorization') === 'Bearer new'
          ? HttpResponse.json({ id: 1 })
          : problem(401);
      }),
    );
    await replayJob({ path: { id: 1 }, ...must });
    expect(keys).toHaveLength(2);
    expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/);
    expect(keys[1]).toBe(keys[0]);
  });

  it('do not renew a session because a sign-in was refused', async () => {
    endSession(true);
    let key: string | null = null;
    server.use(
      on.post('/auth/login', ({ request }) => {
        key = request.headers.get('Idempotency-Key');
        return problem(401);
      }),
    );
    const body = { username: 'x', password: 'y' };
    await expect(login({ body, ...must })).rejects.toMatchObject({ status: 401 });
    expect(key).toBeNull();
  });

  it('report a server that does not answer', async () => {
    server.use(on.get('/tickets', () => HttpResponse.error()));
    await expect(listTickets(must)).rejects.toMatchObject({ name: 'ApiError', status: 0 });
  });
});
