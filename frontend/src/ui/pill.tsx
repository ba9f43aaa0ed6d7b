import type { ReactNode } from 'react';
import classes from './pill.module.css';

export type PillTone =
  | 'blue'
  | 'violet'
  | 'green'
  | 'grey'
  | 'orange'
  | 'red'
  | 'faint'
  | 'amber'
  | 'rose'
  | 'teal';

/** A word with an icon on a quiet colour; the colour never speaks alone. */
export function Pill({
  tone,
  icon,
  hint,
  children,
}: {
  tone: PillTone;
  icon: ReactNode;
  /** For where its word may be hidden. */
  hint?: string;
  children: ReactNode;
}) {
  return (
    <span className={`${classes.pill} ${classes[tone]}`} title={hint}>
      {icon}
      <span>{children}</span>
    </span>
  );
}
