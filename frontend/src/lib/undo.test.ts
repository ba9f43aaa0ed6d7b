import { renderHook } from '@testing-library/react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { useNotice } from './status-line';
import { clearUndo, offerUndo, pauseUndo, resumeUndo, runUndo, useUndoOffers } from './undo';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  clearUndo();
  vi.useRealTimers();
});

const shown = () => renderHook(useUndoOffers).result.current.map((offer) => offer.message);

it('offers for ten seconds, and as long as somebody looks', async () => {
  offerUndo({ message: 'A', undo: async () => {} });
  await vi.advanceTimersByTimeAsync(9000);
  pauseUndo();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(shown()).toEqual(['A']);
  resumeUndo();
  await vi.advanceTimersByTimeAsync(900);
  expect(shown()).toEqual(['A']);
  await vi.advanceTimersByTimeAsync(200);
  expect(shown()).toEqual([]);
});

it('takes back the newest, once', async () => {
  const undone: string[] = [];
  for (const message of ['A', 'B']) {
    offerUndo({ message, undo: async () => undone.push(message) });
  }
  const twice = [runUndo(), runUndo()];
  await Promise.all(twice);
  await runUndo();
  expect(undone).toEqual(['B', 'A']);
  expect(shown()).toEqual([]);
});

it('says why something could not be taken back', async () => {
  offerUndo({ message: 'A', undo: () => Promise.reject(new Error('no')) });
  await runUndo();
  const { result } = renderHook(useNotice);
  expect(result.current).toMatchObject({ tone: 'bad' });
  expect(shown()).toEqual([]);
});

it('keeps the three newest', () => {
  for (const message of ['A', 'B', 'C', 'D']) offerUndo({ message, undo: async () => {} });
  expect(shown()).toEqual(['D', 'C', 'B']);
});
