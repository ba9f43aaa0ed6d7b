import { expect, it, vi } from 'vitest';
import { exclusive } from './exclusive';

it('runs one at a time where the browser has no locks', async () => {
  vi.stubGlobal('navigator', { ...navigator, locks: undefined });
  let running = 0;
  let most = 0;
  const work = async () => {
    running += 1;
    most = Math.max(most, running);
    await new Promise((done) => setTimeout(done, 30));
    running -= 1;
    return running;
  };
  await Promise.all([exclusive('x', work), exclusive('x', work), exclusive('x', work)]);
  expect(most).toBe(1);
  vi.unstubAllGlobals();
});
