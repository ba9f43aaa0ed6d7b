import { useLingui } from '@lingui/react/macro';
import { ActionIcon } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconGripVertical } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { announce } from '@/lib/status-line';
import classes from './reorder.module.css';

interface ReorderProps<T> {
  items: readonly T[];
  keyOf: (item: T) => number;
  nameOf: (item: T) => string;
  /** What a thing can be moved among: only things of one group change places. */
  groupOf?: (item: T) => string | number;
  /** The whole group in its new order. */
  onOrder: (group: T[]) => void;
  /** A thing, with the buttons that move it. */
  children: (item: T, buttons: ReactNode) => ReactNode;
}

/** Large things in an order: dragged, moved by buttons, or by Alt and the arrow keys. */
export function Reorder<T>(props: ReorderProps<T>) {
  const { items, keyOf, nameOf, groupOf = () => 0, onOrder, children } = props;
  const { t } = useLingui();
  const [dragged, setDragged] = useState<number | null>(null);
  const move = (item: T, to: number) => {
    const group = items.filter((one) => groupOf(one) === groupOf(item));
    if (to < 0 || to >= group.length) return;
    const order = group.filter((one) => one !== item);
    order.splice(to, 0, item);
    onOrder(order);
    const name = nameOf(item);
    announce(t`“${name}” is number ${to + 1} of ${group.length} now`);
  };
  return (
    <ul className={classes.list}>
      {items.map((item) => {
        const key = keyOf(item);
        const name = nameOf(item);
        const group = items.filter((one) => groupOf(one) === groupOf(item));
        const at = group.indexOf(item);
        const buttons = (
          <>
            <span
              className={classes.grip}
              draggable
              aria-hidden
              onDragStart={(event) => {
                event.dataTransfer.effectAllowed = 'move';
                event.dataTransfer.setData('text/plain', name);
                setDragged(key);
              }}
              onDragEnd={() => setDragged(null)}
            >
              <IconGripVertical size={16} />
            </span>
            <ActionIcon
              variant="default"
              aria-label={t`Move ${name} up`}
              disabled={at === 0}
              onClick={() => move(item, at - 1)}
            >
              <IconArrowUp size={16} />
            </ActionIcon>
            <ActionIcon
              variant="default"
              aria-label={t`Move ${name} down`}
              disabled={at === group.length - 1}
              onClick={() => move(item, at + 1)}
            >
              <IconArrowDown size={16} />
            </ActionIcon>
          </>
        );
        return (
          <li
            key={key}
            data-dragged={dragged === key || undefined}
            onDragOver={(event) => {
              const moving = group.some((one) => keyOf(one) === dragged);
              if (moving) event.preventDefault();
            }}
            onDrop={(event) => {
              event.preventDefault();
              const from = group.find((one) => keyOf(one) === dragged);
              if (from && from !== item) move(from, at);
            }}
            onKeyDown={(event) => {
              const by = event.key === 'ArrowUp' ? -1 : event.key === 'ArrowDown' ? 1 : 0;
              if (!by || !event.altKey) return;
              event.preventDefault();
              move(item, at + by);
            }}
          >
            {children(item, buttons)}
          </li>
        );
      })}
    </ul>
  );
}
