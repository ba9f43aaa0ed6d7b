import { useWindowVirtualizer } from '@tanstack/react-virtual';
import {
  type ReactNode,
  type Ref,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';

/** Moves the keyboard between the rows. */
export interface VirtualListHandle {
  next: () => void;
  previous: () => void;
  /** The row with the focus; -1 when it is elsewhere. */
  current: () => number;
}

interface VirtualListProps<T> {
  handle?: Ref<VirtualListHandle>;
  label: string;
  items: readonly T[];
  keyOf: (item: T) => string | number;
  /** Expected row height in pixels; the real one is measured. */
  estimate: number;
  /** One row; its first link is what the keyboard moves between. */
  children: (item: T) => ReactNode;
}

/** A list that renders only what is near the viewport. */
export function VirtualList<T>(props: VirtualListProps<T>) {
  const { handle, label, items, keyOf, estimate, children } = props;
  const ref = useRef<HTMLUListElement>(null);
  const [offset, setOffset] = useState(0);
  useLayoutEffect(() => {
    const top = ref.current?.getBoundingClientRect().top ?? 0;
    setOffset(top + window.scrollY);
  }, []);
  const rows = useWindowVirtualizer({
    count: items.length,
    estimateSize: () => estimate,
    overscan: 12,
    scrollMargin: offset,
    getItemKey: (index) => {
      const item = items[index];
      return item === undefined ? index : keyOf(item);
    },
  });

  const focusRow = (index: number) => {
    if (index < 0 || index >= items.length) return;
    rows.scrollToIndex(index);
    const link = () =>
      ref.current?.querySelector<HTMLElement>(`[data-index="${index}"] :is(a, button)`);
    const found = link();
    if (found) found.focus();
    else requestAnimationFrame(() => link()?.focus());
  };
  const current = () => {
    const row = document.activeElement?.closest<HTMLElement>('[data-index]');
    return row && ref.current?.contains(row) ? Number(row.dataset.index) : -1;
  };
  useImperativeHandle(handle, () => ({
    next: () => focusRow(current() + 1),
    previous: () => focusRow(Math.max(0, current() - 1)),
    current,
  }));

  return (
    <ul
      ref={ref}
      aria-label={label}
      style={{
        position: 'relative',
        height: rows.getTotalSize(),
        margin: 0,
        padding: 0,
        listStyle: 'none',
      }}
    >
      {rows.getVirtualItems().map((row) => {
        const item = items[row.index];
        if (item === undefined) return null;
        return (
          <li
            key={row.key}
            data-index={row.index}
            ref={rows.measureElement}
            aria-setsize={items.length}
            aria-posinset={row.index + 1}
            style={{
              position: 'absolute',
              insetInline: 0,
              top: 0,
              transform: `translateY(${row.start - offset}px)`,
            }}
          >
            {children(item)}
          </li>
        );
      })}
    </ul>
  );
}
