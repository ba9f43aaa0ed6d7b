import type { ReactNode } from 'react';
import { PaneBorder, usePaneWidth } from './pane-border';
import classes from './split.module.css';

interface SplitProps {
  /** Names the remembered width. */
  name: string;
  /** What the border is for, for screen readers. */
  label: string;
  min: number;
  max: number;
  initial: number;
  start: ReactNode;
  /** False: the first pane has all the room; what the second one shows lies over it. */
  open: boolean;
  end: ReactNode;
  /** False while the second pane is first painted: the first one keeps its layout so long, and is cut off. */
  settled?: boolean;
}

/** Two panes side by side; the border between them moves by mouse and by arrow keys. */
export function Split({ label, open, start, end, settled = true, ...options }: SplitProps) {
  const pane = usePaneWidth(options);
  return (
    <div
      className={classes.split}
      data-open={open || undefined}
      data-settling={(open && !settled) || undefined}
      style={{ '--fd-pane': `${pane.width}px` } as React.CSSProperties}
    >
      <div className={classes.start}>{start}</div>
      {open && <PaneBorder pane={pane} label={label} />}
      <div className={classes.end}>{end}</div>
    </div>
  );
}
