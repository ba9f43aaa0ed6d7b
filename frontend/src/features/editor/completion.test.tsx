import { act, fireEvent, render, screen } from '@testing-library/react';
import { expect, it, vi } from 'vitest';
import { Completion } from './completion';
import type { TextTarget } from './text-target';

/** A box in which `@an` was written and that can show another text by itself. */
function aBox() {
  const element = document.createElement('div');
  document.body.append(element);
  const listeners = new Set<() => void>();
  const box = { text: '@an', replace: vi.fn() };
  const target: TextTarget = {
    element: () => element,
    before: () => box.text,
    replace: box.replace,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  const list = (revision: number) => (
    <Completion
      target={target}
      label="People"
      match={(before) =>
        before.startsWith('@') ? { query: before.slice(1), length: before.length - 1 } : null
      }
      useOptions={(query) => (query === null ? [] : [{ id: '1', label: 'Anna', text: 'anna ' }])}
      revision={revision}
    />
  );
  return { box, element, list };
}

it('takes what is offered, in the place of what was typed', () => {
  const { box, element, list } = aBox();
  render(list(0));
  expect(fireEvent.keyDown(element, { key: 'Enter' })).toBe(false);
  expect(box.replace).toHaveBeenCalledExactlyOnceWith(2, 'anna ');
});

it('closes when the box shows another text', () => {
  const { box, list } = aBox();
  const { rerender } = render(list(0));
  screen.getByRole('listbox');
  box.text = '';
  rerender(list(1));
  expect(screen.queryByRole('listbox')).toBeNull();
});

it('replaces nothing when what was typed is gone', () => {
  const { box, element, list } = aBox();
  render(list(0));
  box.text = '';
  // The key does in the box what it does otherwise.
  act(() => expect(fireEvent.keyDown(element, { key: 'Enter' })).toBe(true));
  expect(box.replace).not.toHaveBeenCalled();
  expect(screen.queryByRole('listbox')).toBeNull();
});
