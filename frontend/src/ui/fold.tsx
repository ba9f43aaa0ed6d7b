import { UnstyledButton } from '@mantine/core';
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import { type ReactNode, useId, useState } from 'react';
import { preferences } from '@/lib/storage';
import classes from './fold.module.css';

interface FoldProps {
  /** Names what is remembered in this browser. */
  name: string;
  /** What screen readers call the section. */
  label: string;
  title: ReactNode;
  /** Whether it is shown even where only the most important is. */
  always?: boolean;
  /** Folded for those who have not opened it. */
  closed?: boolean;
  children: ReactNode;
}

/** A section beside a ticket that can be folded; whether it is, is remembered. */
export function Fold({ name, label, title, always, closed, children }: FoldProps) {
  const key = `fold.${name}`;
  const [open, setOpen] = useState(
    () => (preferences.get(key) ?? (closed ? 'closed' : 'open')) === 'open',
  );
  const id = useId();
  const Icon = open ? IconChevronDown : IconChevronRight;
  return (
    <section className={classes.fold} aria-label={label} data-always={always || undefined}>
      <h2 className={classes.heading}>
        <UnstyledButton
          className={classes.toggle}
          aria-expanded={open}
          aria-controls={id}
          onClick={() => {
            preferences.set(key, open ? 'closed' : 'open');
            setOpen(!open);
          }}
        >
          <Icon size={14} aria-hidden />
          <span>{title}</span>
        </UnstyledButton>
      </h2>
      <div id={id} hidden={!open} className={classes.content}>
        {open && children}
      </div>
    </section>
  );
}
