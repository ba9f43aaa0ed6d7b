import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Skeleton } from '@mantine/core';
import { IconAlertTriangle, IconCloudOff, IconInbox, IconRefresh } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { asApiError, explain } from '@/lib/problem';
import { PageHeading } from './page';
import classes from './states.module.css';

/** What will be here, and how to get the first one. */
export function EmptyState({
  title,
  children,
  action,
}: {
  title: string;
  children?: ReactNode;
  action?: ReactNode;
}) {
  return (
    <div className={classes.state}>
      <IconInbox size={32} stroke={1.5} aria-hidden />
      <p className={classes.title}>{title}</p>
      {children && <p className={classes.text}>{children}</p>}
      {action}
    </div>
  );
}

/** The title of a state; the heading of the page when it stands in place of all of it. */
function StateTitle({ title, whole }: { title: string; whole: boolean }) {
  if (whole) return <PageHeading title={title} className={classes.title} />;
  return <p className={classes.title}>{title}</p>;
}

interface ErrorStateProps {
  error: unknown;
  onRetry?: () => void;
  /** Stands in place of the whole page, and therefore is its heading. */
  whole?: boolean;
}

/** What went wrong, in words, with a way to try again. */
export function ErrorState({ error, onRetry, whole = false }: ErrorStateProps) {
  const { t } = useLingui();
  const { status, requestId } = asApiError(error);
  const offline = status === 0;
  return (
    <div className={classes.state} role="alert">
      {offline ? (
        <IconCloudOff size={32} stroke={1.5} aria-hidden />
      ) : (
        <IconAlertTriangle size={32} stroke={1.5} aria-hidden />
      )}
      <StateTitle title={status === 404 ? t`Not found` : t`This did not load`} whole={whole} />
      <p className={classes.text}>{explain(error)}</p>
      {requestId && status >= 500 && (
        <p className={classes.small}>
          <Trans>Request number for support: {requestId}</Trans>
        </p>
      )}
      {onRetry && status !== 404 && (
        <Button variant="default" leftSection={<IconRefresh size={16} />} onClick={onRetry}>
          <Trans>Try again</Trans>
        </Button>
      )}
    </div>
  );
}

/** Nothing is loaded and there is no network to load it with. */
export function OfflineState({ whole = false }: { whole?: boolean }) {
  const { t } = useLingui();
  return (
    <div className={classes.state} role="status">
      <IconCloudOff size={32} stroke={1.5} aria-hidden />
      <StateTitle title={t`You are offline`} whole={whole} />
      <p className={classes.text}>
        <Trans>This page loads by itself as soon as the connection is back.</Trans>
      </p>
    </div>
  );
}

/** Rows of the height of what comes, visible only when the wait is noticeable. */
export function SkeletonRows({ rows = 8, height = 44 }: { rows?: number; height?: number }) {
  const { t } = useLingui();
  return (
    <div className={`${classes.rows} fd-late`} role="status" aria-label={t`Loading`}>
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: placeholders have no identity
        <div key={row} className={classes.row} style={{ height }}>
          <Skeleton height={12} width={`${85 - ((row * 17) % 45)}%`} />
        </div>
      ))}
    </div>
  );
}

interface QueryLike<T> {
  data: T | undefined;
  error: unknown;
  fetchStatus: string;
  refetch: () => unknown;
}

/** The four states of anything that is fetched; children get the data. */
export function Fetched<T>({
  query,
  skeleton,
  whole,
  children,
}: {
  query: QueryLike<T>;
  skeleton?: ReactNode;
  /** The data is the whole page, heading included. */
  whole?: boolean;
  children: (data: T) => ReactNode;
}) {
  if (query.data !== undefined) return <>{children(query.data)}</>;
  if (query.fetchStatus === 'paused') return <OfflineState whole={whole} />;
  if (query.error && query.fetchStatus === 'idle') {
    return <ErrorState whole={whole} error={query.error} onRetry={() => void query.refetch()} />;
  }
  return <>{skeleton ?? <SkeletonRows />}</>;
}
