import { useLingui } from '@lingui/react/macro';
import { ActionIcon } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconGripVertical } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import classes from './arrange-list.module.css';
import { useArranging } from './arranging';

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
  const arranging = useArranging({ keyOf, nameOf, onMove });
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
              onDragOver={(event) => event.preventDefault()}
              {...arranging.handle(item)}
              {...arranging.row(item, at, items)}
            >
              <IconGripVertical size={16} aria-hidden className={classes.grip} />
              {children(item)}
              <div className={classes.tools}>
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  aria-label={t`Move “${name}” up`}
                  disabled={at === 0}
                  onClick={() => arranging.move(item, at - 1, items)}
                >
                  <IconArrowUp size={16} />
                </ActionIcon>
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  aria-label={t`Move “${name}” down`}
                  disabled={at === items.length - 1}
                  onClick={() => arranging.move(item, at + 1, items)}
                >
                  <IconArrowDown size={16} />
                </ActionIcon>
                {actions?.(item)}
              </div>
            </li>
          );
        })}
      </ul>
    </>
  );
}
