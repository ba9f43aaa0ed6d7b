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
  children,
}: {
  tone: PillTone;
  icon: ReactNode;
  children: ReactNode;
}) {
  return (
    <span className={`${classes.pill} ${classes[tone]}`}>
      {icon}
      <span>{children}</span>
    </span>
  );
}
