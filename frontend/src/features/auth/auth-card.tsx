import type { ReactNode } from 'react';
import { PageHeading } from '@/ui/page';
import classes from './auth-card.module.css';

/** The frame of all pages that need no sign-in. */
export function AuthCard({
  title,
  lead,
  children,
  foot,
}: {
  title: string;
  lead?: ReactNode;
  children?: ReactNode;
  foot?: ReactNode;
}) {
  return (
    <main className={classes.outer} id="main">
      <div className={classes.card}>
        <div className={classes.brand}>
          <img src="/favicon.svg" width={24} height={24} alt="" />
          Fixdesk
        </div>
        <PageHeading title={title} />
        {lead && <p className={classes.lead}>{lead}</p>}
        {children}
        {foot && <div className={classes.foot}>{foot}</div>}
      </div>
    </main>
  );
}
