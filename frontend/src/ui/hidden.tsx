import type { ReactNode } from 'react';
import classes from './hidden.module.css';

/** For screen readers only. Lists show many of these, so it is nothing but an element. */
export function Hidden({ children }: { children: ReactNode }) {
  return <span className={classes.hidden}>{children}</span>;
}
