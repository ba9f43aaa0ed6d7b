import { expect, it } from 'vitest';
import { changedTexts, mergeTexts } from './merge-edit';

const base = { title: 'Printer', description: 'No toner.' };

it('puts changes of different fields together', () => {
  const theirs = { ...base, description: 'No paper.' };
  expect(mergeTexts(base, theirs, { ...base, title: 'Printer 3' })).toEqual({
    merged: { title: 'Printer 3', description: 'No paper.' },
    conflicts: [],
  });
});

it('leaves to the reader what both changed, unless to the same', () => {
  const theirs = { title: 'Printer 4', description: 'No paper.' };
  const mine = { title: 'Printer 3', description: 'No paper.' };
  expect(mergeTexts(base, theirs, mine)).toEqual({ merged: mine, conflicts: ['title'] });
});

it('sends only what differs', () => {
  expect(changedTexts(base, { ...base, title: 'x' })).toEqual({ title: 'x' });
  expect(changedTexts(base, base)).toEqual({});
});
