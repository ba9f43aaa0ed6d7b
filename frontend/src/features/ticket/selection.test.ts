import { beforeEach, expect, it } from 'vitest';
import {
  clearSelected,
  currentSelection,
  openSelection,
  selectAll,
  selectedIds,
  selectMatching,
  selectRange,
  toggleSelected,
} from './selection';

const shown = [10, 20, 30, 40, 50];
beforeEach(clearSelected);

it('selects one by one and takes back', () => {
  toggleSelected(20);
  toggleSelected(40);
  toggleSelected(20);
  expect(selectedIds()).toEqual([40]);
});

it('selects from the last one to the cursor, in either direction', () => {
  toggleSelected(40);
  selectRange(shown, 20);
  expect([...selectedIds()].sort()).toEqual([20, 30, 40]);
  selectRange(shown, 10);
  expect([...selectedIds()].sort()).toEqual([10, 20, 30, 40]);
});

it('selects the one under the cursor when no range has begun', () => {
  selectRange(shown, 30);
  expect(selectedIds()).toEqual([30]);
  selectRange(shown, 99);
  expect(selectedIds()).toEqual([30]);
});

it('selects all, and then none', () => {
  selectAll(shown);
  expect(selectedIds()).toEqual(shown);
  selectAll(shown);
  expect(selectedIds()).toEqual([]);
});

it('selects no more than one change takes', () => {
  selectAll(Array.from({ length: 1500 }, (_, n) => n + 1));
  expect(selectedIds()).toHaveLength(1000);
});

it('is remembered for each list', () => {
  openSelection('one');
  toggleSelected(10);
  openSelection('two');
  expect(selectedIds()).toEqual([]);
  selectMatching(shown, { q: 'printer', count: 700, more: false });
  expect(currentSelection()).toEqual({ q: 'printer', count: 700, more: false });
  openSelection('one');
  expect(currentSelection()).toEqual({ ids: [10] });
  openSelection('two');
  expect(currentSelection()).toMatchObject({ q: 'printer' });
  // Taking one out leaves those that are on the screen.
  toggleSelected(20);
  expect(currentSelection()).toEqual({ ids: [10, 30, 40, 50] });
});
