import { useLingui } from '@lingui/react/macro';
import { Skeleton } from '@mantine/core';
import classes from './ticket-page.module.css';

/** The page of a ticket while it is fetched. */
export function TicketSkeleton() {
  const { t } = useLingui();
  return (
    <div className={`${classes.page} fd-late`} role="status" aria-label={t`Loading`}>
      <div className={classes.head}>
        <Skeleton height={14} width={120} mb={12} />
        <Skeleton height={26} width="60%" mb={12} />
        <Skeleton height={18} width={280} />
      </div>
      <div className={classes.talk}>
        <Skeleton height={120} mb={16} />
        <Skeleton height={80} />
      </div>
    </div>
  );
}
