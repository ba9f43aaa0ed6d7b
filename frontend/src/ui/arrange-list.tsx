import { useLingui } from '@lingui/react/macro';
import { ActionIcon } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconGripVertical } from '@tabler/icons-react';
import { type KeyboardEvent, type ReactNode, useState } from 'react';
import { announce } from '@/lib/status-line';
import classes from './arrange-list.module.css';

interface ArrangeListProps<T> {
  items: readonly T[];
  keyOf: (item: T) => string | number;
  /** What an item is called, on its buttons and when it has moved. */
  nameOf: (item: T) => string;
  onMove: (item: T, to: number) => void;
  /** How it is done. */
  hint: string;
  /** What stands in an item's row, before the buttons that move it. */
  children: (item: T) => ReactNode;
  /** What else can be done with an item. */
  actions?: (item: T) => ReactNode;
}

/** Puts things into an order: by dragging, by buttons, or with Alt and the arrow keys. */
export function ArrangeList<T>(props: ArrangeListProps<T>) {
  const { items, keyOf, nameOf, onMove, hint, children, actions } = props;
  const { t } = useLingui();
  const [dragged, setDragged] = useState<string | number | null>(null);

  const move = (item: T, to: number) => {
    if (to < 0 || to >= items.length) return;
    onMove(item, to);
    const name = nameOf(item);
    announce(t`“${name}” is number ${to + 1} of ${items.length} now`);
  };
  const onKeyDown = (event: KeyboardEvent, item: T, at: number) => {
    const by = event.key === 'ArrowUp' ? -1 : event.key === 'ArrowDown' ? 1 : 0;
    if (!by || !event.altKey) return;
    event.preventDefault();
    move(item, at + by);
  };
  return (
    <>
      <p className={classes.hint}>{hint}</p>
      <ul className={classes.list}>
        {items.map((item, at) => {
          const key = keyOf(item);
          const name = nameOf(item);
          return (
            <li
              key={key}
              className={classes.row}
              draggable
              data-dragged={dragged === key || undefined}
              onDragStart={(event) => {
                event.dataTransfer.effectAllowed = 'move';
                setDragged(key);
              }}
              onDragEnd={() => setDragged(null)}
              onDragOver={(event) => event.preventDefault()}
              onDrop={(event) => {
                event.preventDefault();
                const from = items.find((one) => keyOf(one) === dragged);
                if (from && from !== item) move(from, at);
              }}
              onKeyDown={(event) => onKeyDown(event, item, at)}
            >
              <IconGripVertical size={16} aria-hidden className={classes.grip} />
              {children(item)}
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label={t`Move “${name}” up`}
                disabled={at === 0}
                onClick={() => move(item, at - 1)}
              >
                <IconArrowUp size={16} />
              </ActionIcon>
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label={t`Move “${name}” down`}
                disabled={at === items.length - 1}
                onClick={() => move(item, at + 1)}
              >
                <IconArrowDown size={16} />
              </ActionIcon>
              {actions?.(item)}
            </li>
          );
        })}
      </ul>
    </>
  );
}
