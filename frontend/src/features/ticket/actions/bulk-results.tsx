import { Trans, useLingui } from '@lingui/react/macro';
import { useInfiniteQuery } from '@tanstack/react-query';
import { type BulkItem, type BulkRun, listBulkItems } from '@/lib/api';
import { cursorOf } from '@/lib/pages';
import { Dialog } from '@/ui/dialog';
import { LinkButton } from '@/ui/link-button';
import { Fetched, SkeletonRows } from '@/ui/states';
import classes from './bulk-results.module.css';
import { outcome } from './bulk-runs';

const states = ['failed', 'skipped', 'pending'] as const;

/** The tickets that a run left as they were, and why. */
export function BulkResults({ run, onClose }: { run: BulkRun; onClose: () => void }) {
  const { t } = useLingui();
  const query = useInfiniteQuery({
    queryKey: ['bulk-results', run.id],
    initialPageParam: { state: 0, cursor: undefined as string | undefined },
    queryFn: async ({ pageParam: { state, cursor } }) => {
      const { data } = await listBulkItems({
        path: { id: run.id },
        query: { state: states[state], page_size: 100, cursor },
        throwOnError: true,
      });
      return { ...data, state };
    },
    getNextPageParam: ({ next, state }) => {
      const cursor = cursorOf(next);
      if (cursor) return { state, cursor };
      return state + 1 < states.length ? { state: state + 1, cursor: undefined } : undefined;
    },
  });
  // A run has at most a thousand tickets: all of them are fetched.
  if (query.hasNextPage && !query.isFetching) void query.fetchNextPage();
  const items = query.data?.pages.flatMap((page) => page.results) ?? [];
  return (
    <Dialog title={t`Tickets left as they were`} size="lg" onClose={onClose}>
      <p className={classes.sum}>{outcome(run)}</p>
      <Fetched query={query} skeleton={<SkeletonRows rows={3} height={32} />}>
        {() => (
          <ul className={classes.list}>
            {items.map((item) => (
              <Line key={item.ticket_id} item={item} onFollow={onClose} />
            ))}
          </ul>
        )}
      </Fetched>
    </Dialog>
  );
}

function Line({ item, onFollow }: { item: BulkItem; onFollow: () => void }) {
  const { ticket_id: id, state, message } = item;
  return (
    <li>
      <LinkButton
        to="/tickets/$ticketId"
        params={{ ticketId: String(id) }}
        size="compact-sm"
        variant="subtle"
        onClick={onFollow}
      >
        #{id}
      </LinkButton>
      <span>{state === 'pending' ? <Trans>Cancelled before its turn</Trans> : message}</span>
    </li>
  );
}
