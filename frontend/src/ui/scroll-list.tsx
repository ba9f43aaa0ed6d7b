import { useVirtualizer } from '@tanstack/react-virtual';
import {
  type ReactNode,
  type Ref,
  useCallback,
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useReducer,
  useRef,
} from 'react';
import { rescueFocus } from '@/lib/navigation';
import classes from './scroll-list.module.css';

/** Moves the keyboard between the rows. */
export interface ScrollListHandle {
  next: () => void;
  previous: () => void;
  /** The row with the focus; -1 when it is elsewhere. */
  current: () => number;
  /** Puts the focus on a row, and the row on the screen. */
  focusRow: (index: number) => void;
  /** Puts the focus where it was last, or on the first row; false without any. */
  resume: () => boolean;
}

interface ScrollListProps<T> {
  handle?: Ref<ScrollListHandle>;
  label: string;
  items: readonly T[];
  keyOf: (item: T) => string | number;
  /** The height of every row in pixels. */
  rowHeight: number;
  /** How long the list is when all of it is loaded. */
  total: number;
  /** Called when the reader comes near the end of what is loaded. */
  onNearEnd: () => void;
  /** Called a moment after the focus came to rest on a row. */
  onRest?: (item: T, index: number) => void;
  /** A row. `passing`: it flies past too fast to be read; the whole of it follows when it slows down. */
  children: (item: T, passing: boolean) => ReactNode;
  foot?: ReactNode;
  /** Stays above the rows, and moves sideways with them. */
  head?: { height: number; content: ReactNode };
  /** Names what is shown, for another of which the place is another. */
  place?: string;
  /** How far it was scrolled when it was left. */
  offset?: () => number;
  /** Called when scrolling came to rest. */
  onOffset?: (offset: number) => void;
}

/** So many rows before the end the next ones are fetched. */
const ahead = 60;
/** No more rows than these are loaded to come back to a place. */
const farthest = 2000;
/** Milliseconds after which a row counts as looked at. */
const rest = 100;

/** Rows pass too fast to be read when more than this part of a window is new at once. */
const tooFast = 0.5;
/** So many rows are completed between two frames while one scrolls. */
const perFrame = 4;

/**
 * Which rows only pass: those that came while one scrolls so fast that a whole window of rows
 * would have to be made for each frame. When the scrolling slows down they are completed, a few
 * with each frame, so that no key waits for all of them.
 */
function usePassing(
  offset: number,
  scrolling: boolean,
  height: number,
  keys: readonly React.Key[],
): (key: React.Key) => boolean {
  const [, complete] = useReducer((frames: number) => frames + 1, 0);
  const before = useRef({ offset, whole: new Set<React.Key>(), left: false });
  const { whole, left } = before.current;
  const fast =
    scrolling && height > 0 && Math.abs(offset - before.current.offset) > height * tooFast;
  let room = fast ? 0 : scrolling || left ? perFrame : Number.POSITIVE_INFINITY;
  const next = new Set<React.Key>();
  for (const key of keys) {
    if (!whole.has(key)) {
      if (room === 0) continue;
      room -= 1;
    }
    next.add(key);
  }
  const more = next.size < keys.length;
  useLayoutEffect(() => {
    before.current = { offset, whole: next, left: more };
  });
  useEffect(() => {
    if (!more || fast) return;
    const frame = requestAnimationFrame(complete);
    return () => cancelAnimationFrame(frame);
  });
  return (key) => !next.has(key);
}

/**
 * A list with a scroll bar of its own that renders only what is in view. Rows
 * have one height, so that nothing is measured while scrolling; the keyboard
 * enters at the row it was on last.
 */
export function ScrollList<T>(props: ScrollListProps<T>) {
  const { handle, label, items, keyOf, rowHeight, total, onNearEnd, onRest, children, foot } =
    props;
  const { place, offset, onOffset, head } = props;
  const box = useRef<HTMLDivElement>(null);
  const last = useRef(-1);
  // The row that has the focus, as far as events tell: none comes when it is taken away.
  const held = useRef<string | number | null>(null);
  const linkOf = (index: number) =>
    box.current?.querySelector<HTMLElement>(`[data-index="${index}"] :is(a, button)`);
  const rows = useVirtualizer({
    count: items.length,
    getScrollElement: () => box.current,
    estimateSize: () => rowHeight,
    overscan: 4,
    scrollMargin: head?.height ?? 0,
    scrollPaddingStart: head?.height ?? 0,
    getItemKey: (index) => {
      const item = items[index];
      return item === undefined ? index : keyOf(item);
    },
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: another density measures all rows anew
  useEffect(() => rows.measure(), [rowHeight]);

  const shown = rows.getVirtualItems();
  const passes = usePassing(
    rows.scrollOffset ?? 0,
    rows.isScrolling,
    rows.scrollRect?.height ?? 0,
    shown.map((row) => row.key),
  );
  // A row that is completed is made anew, and the focus with it.
  useLayoutEffect(() => {
    if (held.current === null || document.activeElement !== document.body) return;
    const at = shown.find((row) => row.key === held.current);
    if (at) linkOf(at.index)?.focus({ preventScroll: true });
  });
  const end = shown.at(-1)?.index ?? 0;
  useEffect(() => {
    if (items.length > 0 && end > items.length - ahead) onNearEnd();
  }, [end, items.length, onNearEnd]);

  // Whoever comes back finds the list where they left it, once so much of it is loaded.
  const wanted = useRef<number | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each place
  useLayoutEffect(() => {
    wanted.current = offset?.() ?? 0;
    if (box.current && wanted.current === 0) box.current.scrollTop = 0;
  }, [place]);
  useLayoutEffect(() => {
    const to = wanted.current;
    if (!box.current || to === null) return;
    if (items.length > 0 && items.length * rowHeight >= to + box.current.clientHeight) {
      box.current.scrollTop = to;
      wanted.current = null;
    } else if (to > 0 && items.length !== total && items.length < farthest) onNearEnd();
    else wanted.current = null;
  }, [items.length, rowHeight, total, onNearEnd]);
  const resting = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(resting.current), []);
  const scrolled = () => {
    wanted.current = null; // by hand, before it was found
    if (!onOffset) return;
    clearTimeout(resting.current);
    resting.current = setTimeout(() => onOffset(box.current?.scrollTop ?? 0), rest);
  };

  const current = useCallback(() => {
    const row = document.activeElement?.closest<HTMLElement>('[data-row]');
    return row && box.current?.contains(row) ? Number(row.dataset.index) : -1;
  }, []);
  // Rows have one height: where a row is needs no layout, as the virtualizer's own way there does.
  const bringIntoView = (index: number) => {
    const from = rows.scrollOffset ?? 0;
    const to = from + (rows.scrollRect?.height ?? 0) - (head?.height ?? 0);
    const by = Math.min(0, index * rowHeight - from) || Math.max(0, (index + 1) * rowHeight - to);
    if (by !== 0 && box.current) box.current.scrollTop = from + by;
  };
  const focusRow = (index: number) => {
    if (index < 0 || index >= items.length) return;
    last.current = index;
    bringIntoView(index);
    const found = linkOf(index);
    if (found) found.focus({ preventScroll: true });
    else requestAnimationFrame(() => linkOf(index)?.focus());
  };
  const resume = () => {
    focusRow(Math.min(Math.max(0, last.current), items.length - 1));
    return items.length > 0;
  };
  // A row that goes, because it was deleted or fits the list no more, leaves the focus to the next one.
  // biome-ignore lint/correctness/useExhaustiveDependencies: only other rows can take one away
  useLayoutEffect(() => {
    const key = held.current;
    if (key === null) return;
    const at = items.findIndex((item) => keyOf(item) === key);
    if (at >= 0) {
      last.current = at;
      return;
    }
    held.current = null;
    if (document.activeElement !== document.body) return;
    if (!resume()) rescueFocus();
  }, [items]);
  useImperativeHandle(handle, () => ({
    resume,
    next: () =>
      focusRow(Math.min((current() < 0 ? last.current : current()) + 1, items.length - 1)),
    previous: () => focusRow(Math.max(0, (current() < 0 ? last.current : current()) - 1)),
    current,
    focusRow,
  }));

  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const settle = (index: number) => {
    clearTimeout(timer.current);
    const item = items[index];
    if (item === undefined || !onRest) return;
    timer.current = setTimeout(() => onRest(item, index), rest);
  };
  useEffect(() => () => clearTimeout(timer.current), []);

  return (
    <div ref={box} className={classes.box} onScroll={scrolled}>
      {head?.content}
      <ul aria-label={label} className={classes.list} style={{ height: rows.getTotalSize() }}>
        {shown.map((row) => {
          const item = items[row.index];
          if (item === undefined) return null;
          return (
            <li
              key={row.key}
              data-row
              data-index={row.index}
              aria-setsize={total}
              aria-posinset={row.index + 1}
              className={classes.row}
              data-fixed
              style={{
                height: rowHeight,
                transform: `translateY(${row.start - rows.options.scrollMargin}px)`,
              }}
              onBlur={() => {
                held.current = null;
              }}
              onFocus={() => {
                held.current = row.key as string | number;
                last.current = row.index;
                settle(row.index);
              }}
              onPointerEnter={() => settle(row.index)}
              onPointerLeave={() => clearTimeout(timer.current)}
            >
              {children(item, passes(row.key))}
            </li>
          );
        })}
      </ul>
      {foot}
    </div>
  );
}
