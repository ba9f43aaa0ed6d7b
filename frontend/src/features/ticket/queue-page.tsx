import { Trans, useLingui } from '@lingui/react/macro';
import { IconPlus } from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useCan } from '@/lib/can';
import { type ListContext, useCommandContext } from '@/lib/commands';
import { asApiError, fieldErrors } from '@/lib/problem';
import { LinkButton } from '@/ui/link-button';
import { Page } from '@/ui/page';
import { Pager } from '@/ui/pager';
import { EmptyState, Fetched, SkeletonRows } from '@/ui/states';
import { VirtualList, type VirtualListHandle } from '@/ui/virtual-list';
import { useTickets } from './api';
import { useColumns, useExactTimes } from './column-choice';
import { ExportButton } from './export-button';
import { rememberQueue } from './last-queue';
import { ListLook } from './list-look';
import { besides, MoreCells } from './more-cells';
import lines from './more-cells.module.css';
import { QueueFilters } from './queue-filters';
import { useQueueTitle } from './queue-title';
import { isFiltered, type QueueSearch, queuePageSize, unfinished } from './search-params';
import { TicketRow } from './ticket-row';
import row from './ticket-row.module.css';
import { useSavedView } from './use-saved-view';
import { ViewLinks } from './view-links';

/** The queue: what needs doing, narrowed by the URL. */
export function QueuePage() {
  const { t } = useLingui();
  const search = useSearch({ from: '/app/tickets' });
  const navigate = useNavigate({ from: '/tickets' });
  const works = useCan('ticket.queue');
  const tickets = useTickets(search);
  const title = useQueueTitle(search);
  useSavedView(search);
  useEffect(() => rememberQueue(search), [search]);
  const { columns } = useColumns(search);
  const more = useMemo(() => besides(columns), [columns]);
  const exact = useExactTimes();
  const list = useRef<VirtualListHandle>(null);
  const rows = useRef(tickets.data?.results);
  rows.current = tickets.data?.results;
  const [commands] = useState<ListContext>(() => ({
    next: () => list.current?.next(),
    previous: () => list.current?.previous(),
    focused: () => (list.current?.current() ?? -1) >= 0,
    current: () => rows.current?.[list.current?.current() ?? -1] ?? null,
  }));
  useCommandContext('list', commands);

  // A changed filter starts at the first page again.
  const change = (part: Partial<QueueSearch>) =>
    void navigate({ search: (now) => ({ ...now, page: undefined, cursor: undefined, ...part }) });

  const mistake = tickets.error ? fieldErrors(tickets.error).q : undefined;
  const pastTheEnd = tickets.error && asApiError(tickets.error).status === 404 && search.page;
  return (
    <Page
      key={search.view ?? 'all'}
      title={title}
      width="wide"
      actions={
        <>
          <ExportButton search={search} />
          <ListLook brief search={search} />
          <LinkButton to="/tickets/new" leftSection={<IconPlus size={16} />}>
            <Trans>New ticket</Trans>
          </LinkButton>
        </>
      }
    >
      {works && <ViewLinks />}
      <QueueFilters search={search} onChange={change} />
      {mistake ? (
        <QueryMistake message={mistake} />
      ) : pastTheEnd ? (
        <EmptyState
          title={t`This page does not exist any more`}
          action={
            <LinkButton to="/tickets" search={{ ...search, page: undefined }} variant="default">
              <Trans>Go to the first page</Trans>
            </LinkButton>
          }
        />
      ) : (
        <Fetched query={tickets} skeleton={<SkeletonRows rows={12} height={41} />}>
          {(slice) =>
            slice.results.length === 0 ? (
              <NothingHere search={search} works={works} />
            ) : (
              <div className={row.room} aria-busy={tickets.isPlaceholderData}>
                <VirtualList
                  handle={list}
                  key={`${search.page ?? ''}${search.cursor ?? ''}`}
                  label={title}
                  items={slice.results}
                  keyOf={(ticket) => ticket.id}
                  estimate={41}
                >
                  {(ticket) =>
                    more.length === 0 ? (
                      <TicketRow ticket={ticket} />
                    ) : (
                      <div className={lines.line}>
                        <TicketRow ticket={ticket} />
                        <MoreCells ticket={ticket} columns={more} exact={exact} />
                      </div>
                    )
                  }
                </VirtualList>
                <Pager
                  slice={slice}
                  at={search}
                  size={queuePageSize}
                  onMove={(to) => change({ page: to.page, cursor: to.cursor })}
                />
              </div>
            )
          }
        </Fetched>
      )}
    </Page>
  );
}

/** A search that the server does not understand: what is wrong, and where. */
export function QueryMistake({ message }: { message: string }) {
  const { t } = useLingui();
  return <EmptyState title={t`This search cannot be understood`}>{message}</EmptyState>;
}

export function NothingHere({ search, works }: { search: QueueSearch; works: boolean }) {
  const { t } = useLingui();
  const plainView = search.view && search.status === unfinished;
  if (isFiltered(plainView ? { ...search, status: undefined } : search)) {
    return (
      <EmptyState
        title={t`No ticket matches`}
        action={
          <LinkButton
            to="/tickets"
            search={{ view: search.view, sort: search.sort }}
            variant="default"
          >
            <Trans>Clear filters</Trans>
          </LinkButton>
        }
      />
    );
  }
  if (search.view === 'unassigned') {
    return (
      <EmptyState title={t`Nothing is waiting`}>
        <Trans>New tickets that nobody has taken yet appear here.</Trans>
      </EmptyState>
    );
  }
  if (search.view === 'mine') {
    return (
      <EmptyState
        title={t`You have no tickets to work on`}
        action={
          <LinkButton
            to="/tickets"
            search={{ view: 'unassigned', status: unfinished }}
            variant="default"
          >
            <Trans>Look at unassigned tickets</Trans>
          </LinkButton>
        }
      />
    );
  }
  return (
    <EmptyState
      title={works ? t`No tickets yet` : t`You have not reported anything yet`}
      action={
        <LinkButton to="/tickets/new" variant="default">
          <Trans>New ticket</Trans>
        </LinkButton>
      }
    >
      <Trans>Tickets appear here as soon as somebody reports a problem.</Trans>
    </EmptyState>
  );
}
