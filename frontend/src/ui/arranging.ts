import { useLingui } from '@lingui/react/macro';
import { type DragEvent, type KeyboardEvent, useState } from 'react';
import { announce } from '@/lib/status-line';

interface Arranging<T> {
  keyOf: (item: T) => string | number;
  /** What an item is called when it has moved. */
  nameOf: (item: T) => string;
  /** Puts an item of a group at another place of it. */
  onMove: (item: T, to: number, group: readonly T[]) => void;
}

/** What lists that people put into an order share: dragging, Alt with the arrow keys, and the word about it. */
export function useArranging<T>({ keyOf, nameOf, onMove }: Arranging<T>) {
  const { t } = useLingui();
  const [dragged, setDragged] = useState<string | number | null>(null);
  const move = (item: T, to: number, group: readonly T[]) => {
    if (to < 0 || to >= group.length) return;
    onMove(item, to, group);
    const name = nameOf(item);
    announce(t`“${name}” is number ${to + 1} of ${group.length} now`);
  };
  const isDragged = (item: T) => keyOf(item) === dragged;
  return {
    move,
    isDragged,
    /** For what is held while it is dragged. */
    handle: (item: T) => ({
      draggable: true,
      onDragStart: (event: DragEvent) => {
        event.dataTransfer.effectAllowed = 'move';
        // Without data, Firefox drags nothing.
        event.dataTransfer.setData('text/plain', nameOf(item));
        setDragged(keyOf(item));
      },
      onDragEnd: () => setDragged(null),
    }),
    /** For a row, which is where another one is dropped. */
    row: (item: T, at: number, group: readonly T[]) => ({
      'data-dragged': isDragged(item) || undefined,
      onDrop: (event: DragEvent) => {
        event.preventDefault();
        const from = group.find(isDragged);
        if (from && from !== item) move(from, at, group);
      },
      onKeyDown: (event: KeyboardEvent) => {
        const by = event.key === 'ArrowUp' ? -1 : event.key === 'ArrowDown' ? 1 : 0;
        if (!by || !event.altKey) return;
        event.preventDefault();
        move(item, at + by, group);
      },
    }),
  };
}
