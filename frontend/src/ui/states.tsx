import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Skeleton } from '@mantine/core';
import { IconAlertTriangle, IconCloudOff, IconInbox, IconRefresh } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { asApiError, explain } from '@/lib/problem';
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

/** What went wrong, in words, with a way to try again. */
export function ErrorState({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
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
      <p className={classes.title}>{status === 404 ? t`Not found` : t`This did not load`}</p>
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
export function OfflineState() {
  return (
    <div className={classes.state} role="status">
      <IconCloudOff size={32} stroke={1.5} aria-hidden />
      <p className={classes.title}>
        <Trans>You are offline</Trans>
      </p>
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
  children,
}: {
  query: QueryLike<T>;
  skeleton?: ReactNode;
  children: (data: T) => ReactNode;
}) {
  if (query.data !== undefined) return <>{children(query.data)}</>;
  if (query.fetchStatus === 'paused') return <OfflineState />;
  if (query.error && query.fetchStatus === 'idle') {
    return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  }
  return <>{skeleton ?? <SkeletonRows />}</>;
}
