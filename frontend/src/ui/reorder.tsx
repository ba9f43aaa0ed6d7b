import { Trans, useLingui } from '@lingui/react/macro';
import { ActionIcon } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconGripVertical } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useArranging } from './arranging';
import classes from './reorder.module.css';

interface ReorderProps<T> {
  items: readonly T[];
  keyOf: (item: T) => number;
  nameOf: (item: T) => string;
  /** What a thing can be moved among: only things of one group change places. */
  groupOf?: (item: T) => string | number;
  /** Some are not shown, as others are searched for: among a part of them there is no order. */
  partial?: boolean;
  /** The whole group in its new order. */
  onOrder: (group: T[]) => void;
  /** A thing, with the buttons that move it. */
  children: (item: T, buttons: ReactNode) => ReactNode;
}

/** Large things in an order: dragged, moved by buttons, or by Alt and the arrow keys. */
export function Reorder<T>(props: ReorderProps<T>) {
  const { items, keyOf, nameOf, groupOf = () => 0, partial = false, onOrder, children } = props;
  const { t } = useLingui();
  const groupWith = (item: T) => items.filter((one) => groupOf(one) === groupOf(item));
  const arranging = useArranging<T>({
    keyOf,
    nameOf,
    onMove: (item, to, group) => {
      const order = group.filter((one) => one !== item);
      order.splice(to, 0, item);
      onOrder(order);
    },
  });
  if (partial) {
    return (
      <>
        {items.length > 0 && (
          <p style={{ margin: 0 }}>
            <Trans>To change the order, empty the search first.</Trans>
          </p>
        )}
        <ul className={classes.list}>
          {items.map((item) => (
            <li key={keyOf(item)}>{children(item, null)}</li>
          ))}
        </ul>
      </>
    );
  }
  return (
    <ul className={classes.list}>
      {items.map((item) => {
        const key = keyOf(item);
        const name = nameOf(item);
        const group = groupWith(item);
        const at = group.indexOf(item);
        const buttons = (
          <>
            <span className={classes.grip} aria-hidden {...arranging.handle(item)}>
              <IconGripVertical size={16} />
            </span>
            <ActionIcon
              variant="default"
              aria-label={t`Move ${name} up`}
              disabled={at === 0}
              onClick={() => arranging.move(item, at - 1, group)}
            >
              <IconArrowUp size={16} />
            </ActionIcon>
            <ActionIcon
              variant="default"
              aria-label={t`Move ${name} down`}
              disabled={at === group.length - 1}
              onClick={() => arranging.move(item, at + 1, group)}
            >
              <IconArrowDown size={16} />
            </ActionIcon>
          </>
        );
        return (
          <li
            key={key}
            onDragOver={(event) => {
              if (group.some(arranging.isDragged)) event.preventDefault();
            }}
            {...arranging.row(item, at, group)}
          >
            {children(item, buttons)}
          </li>
        );
      })}
    </ul>
  );
}
