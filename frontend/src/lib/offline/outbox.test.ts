import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { apiFetch } from '@/lib/api-fetch';
import { onStreamReturn, setLiveState } from '@/lib/live/store';
import { adoptSession, endSession } from '@/lib/session';
import { aSession } from '@/testing/fixtures';
import { isQueued, setKeeper } from './door';
import { drain, isBusy, keep, reload } from './outbox';
import { currentOutbox, type Entry } from './state';

const kept = vi.hoisted(() => new Map<number, unknown>());

// A database in memory: happy-dom has none.
vi.mock('./database', () => {
  let last = 0;
  const get = async (_: string, id: number) => kept.get(id);
  const put = async (entry: Entry) => void kept.set(entry.id, entry);
  return {
    database: async () => ({
      get,
      getAllFromIndex: async () => [...kept.values()],
      add: async (_: string, entry: Entry) => {
        last += 1;
        kept.set(last, { ...entry, id: last });
        return last;
      },
      delete: async (_: string, id: number) => void kept.delete(id),
      transaction: () => ({ store: { get: (id: number) => get('', id), put }, done: null }),
    }),
  };
});

let away = true;
const tried: string[] = [];
const done: string[] = [];

beforeEach(async () => {
  vi.useFakeTimers();
  adoptSession(aSession('it_staff'));
  setKeeper({ busy: isBusy, keep });
  kept.clear();
  await reload();
  away = true;
  tried.length = 0;
  done.length = 0;
  vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(true);
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    const request = new Request(
      new URL(input instanceof Request ? input.url : String(input), location.href),
      input instanceof Request ? input : init,
    );
    const { body } = JSON.parse(await request.text());
    tried.push(body);
    if (away) throw new TypeError('Failed to fetch');
    done.push(body);
    return new Response('{}', { status: 201 });
  });
});

afterEach(() => {
  vi.useRealTimers();
  setKeeper(null);
  endSession(true);
});

const comment = (body: string) =>
  apiFetch('http://localhost:3000/api/comments', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ body }),
  }).catch((error: unknown) => isQueued(error));

it('sends what was kept when only the server was away', async () => {
  expect(await comment('one')).toBe(true);
  expect(await comment('two')).toBe(true);
  await vi.advanceTimersByTimeAsync(3000);
  // The second waits behind the first.
  expect(tried).toEqual(['one', 'one']);
  away = false;
  await vi.advanceTimersByTimeAsync(5000);
  expect(done).toEqual(['one', 'two']);
  expect(currentOutbox().entries).toEqual([]);
  await vi.advanceTimersByTimeAsync(120_000);
  expect(done).toEqual(['one', 'two']);
});

it('sends at once when the stream is back', async () => {
  const stop = onStreamReturn(() => void drain());
  setLiveState('live');
  await comment('one');
  setLiveState('interrupted');
  away = false;
  setLiveState('live');
  await vi.advanceTimersByTimeAsync(500);
  expect(done).toEqual(['one']);
  stop();
});
