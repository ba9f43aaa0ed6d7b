import type { ReactNode } from 'react';
import { useDocumentTitle, useHeadingFocus } from '@/lib/navigation';
import classes from './page.module.css';

interface PageProps {
  title: string;
  width?: 'narrow' | 'normal' | 'wide';
  actions?: ReactNode;
  children: ReactNode;
}

/** A page: one heading, which also names the tab and takes the focus after navigation. */
export function Page({ title, width = 'normal', actions, children }: PageProps) {
  const extra = width === 'normal' ? '' : ` ${classes[width]}`;
  return (
    <div className={`${classes.page}${extra}`}>
      <div className={classes.head}>
        <PageHeading title={title} />
        {actions && <div className={classes.actions}>{actions}</div>}
      </div>
      {children}
    </div>
  );
}

/** The heading alone, for pages with a head of their own. */
export function PageHeading({
  title,
  tab,
  className,
  ticket,
  children,
}: {
  title: string;
  tab?: string;
  /** The object that the page is about, for those who look from outside. */
  ticket?: number;
  className?: string;
  children?: ReactNode;
}) {
  useDocumentTitle(tab ?? title);
  const ref = useHeadingFocus();
  return (
    <h1 ref={ref} tabIndex={-1} className={className} data-ticket={ticket}>
      {children ?? title}
    </h1>
  );
}
