import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { ActionIcon, Button } from '@mantine/core';
import { IconPlus, IconRefresh, IconRowInsertTop } from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { memo, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { Ticket } from '@/lib/api';
import { type ListContext, useCommandContext } from '@/lib/commands';
import { rescueFocus } from '@/lib/navigation';
import { fieldErrors } from '@/lib/problem';
import { useMe } from '@/lib/session';
import { preferences } from '@/lib/storage';
import { LinkButton } from '@/ui/link-button';
import { PageHeading } from '@/ui/page';
import { ScrollList, type ScrollListHandle } from '@/ui/scroll-list';
import { Fetched, SkeletonRows } from '@/ui/states';
import { SelectionBar } from './actions';
import { useColumns, useExactTimes } from './column-choice';
import { columnVariables, usualColumns } from './columns';
import { ExportButton } from './export-button';
import { rememberQueue } from './last-queue';
import { headHeight, ListHead } from './list-head';
import { ListLook } from './list-look';
import { recall, remember } from './list-memory';
import classes from './list-pane.module.css';
import { QueueFilters } from './queue-filters';
import { NothingHere, QueryMistake } from './queue-page';
import { useQueueTitle } from './queue-title';
import { type QueueSearch, queryText } from './search-params';
import {
  clearSelected,
  currentSelection,
  mostSelected,
  openSelection,
  selectAll,
  selectMatching,
  selectRange,
  toggleSelected,
  useIsSelected,
  useMatching,
  useSelectedIds,
} from './selection';
import { usePrefetchTicket, useTicketList } from './ticket-list';
import { PassingRow, TicketRow } from './ticket-row';
import { useSavedView } from './use-saved-view';

/** Heights of a row in pixels. */
const heights = { comfortable: 40, compact: 32 } as const;
type Density = keyof typeof heights;

// Opening a ticket changes nothing of these.
const Filters = memo(QueueFilters);
const Export = memo(ExportButton);
const Look = memo(ListLook);

/** The list of the workspace; it stays where it is while tickets are opened beside it. */
export function ListPane({
  open,
  beside,
  onFetched,
}: {
  open: number | null;
  beside: boolean;
  /** Told what was fetched ahead, because one rests on it. */
  onFetched: (id: number) => void;
}) {
  const { t } = useLingui();
  const search = useSearch({ from: '/app/tickets' });
  const navigate = useNavigate({ from: '/tickets' });
  const list = useTicketList(search);
  const prefetch = usePrefetchTicket(onFetched);
  const title = useQueueTitle(search);
  const handle = useRef<ScrollListHandle>(null);
  const [density, setDensity] = useState<Density>(() =>
    preferences.get('density') === 'compact' ? 'compact' : 'comfortable',
  );
  const { columns } = useColumns(search);
  const exact = useExactTimes();
  useSavedView(search);
  useEffect(() => rememberQueue(search), [search]);

  const rows = useRef<readonly Ticket[]>(list.rows);
  rows.current = list.rows;
  const shownIds = useCallback(() => rows.current.map((ticket) => ticket.id), []);
  const withCurrent = (act: (ticket: Ticket) => void) => {
    const ticket = rows.current[handle.current?.current() ?? -1];
    if (ticket) act(ticket);
  };
  const me = useMe();
  const clear = useCallback(() => {
    clearSelected();
    // The bar goes, and with it the button that was pressed.
    requestAnimationFrame(() => {
      if (document.activeElement !== document.body) return;
      if (!handle.current?.resume()) rescueFocus();
    });
  }, []);
  const key = `${me.id} ${queryText(search)} ${search.sort ?? ''}`;
  useLayoutEffect(() => openSelection(key), [key]);
  const [commands] = useState<ListContext>(() => ({
    next: () => handle.current?.next(),
    previous: () => handle.current?.previous(),
    focused: () => (handle.current?.current() ?? -1) >= 0,
    current: () => rows.current[handle.current?.current() ?? -1] ?? null,
    toggle: () => withCurrent((ticket) => toggleSelected(ticket.id)),
    toggleRange: () => withCurrent((ticket) => selectRange(shownIds(), ticket.id)),
    selectAll: () => selectAll(shownIds()),
    clearSelection: () => clear(),
    selection: currentSelection,
  }));
  useCommandContext('list', commands);

  // Whoever leaves a ticket goes on in the list where they were.
  const before = useRef(open);
  const place = useRef(0);
  if (open !== null) {
    const at = list.rows.findIndex((ticket) => ticket.id === open);
    if (at >= 0) place.current = at;
  }
  useEffect(() => {
    const left = before.current;
    before.current = open;
    if (left === null || open !== null) return;
    const at = rows.current.findIndex((ticket) => ticket.id === left);
    // The one that was deleted has made room for the next.
    handle.current?.focusRow(at < 0 ? Math.min(place.current, rows.current.length - 1) : at);
    rescueFocus();
  }, [open]);

  const filtered = useRef(false);
  filtered.current ||= open === null;
  const change = useCallback(
    (part: Partial<QueueSearch>) =>
      void navigate({
        to: '/tickets',
        search: (now) => ({ ...now, page: undefined, cursor: undefined, ...part }),
      }),
    [navigate],
  );
  const toggleDensity = () => {
    const next = density === 'compact' ? 'comfortable' : 'compact';
    preferences.set('density', next === 'compact' ? next : null);
    setDensity(next);
  };
  const mistake = list.query.error ? fieldErrors(list.query.error).q : undefined;
  const densityLabel = density === 'compact' ? t`Roomier rows` : t`Denser rows`;
  return (
    <section
      className={classes.pane}
      data-columns
      data-beside={beside || undefined}
      data-usual={columns === usualColumns ? (exact ? 'exact' : 'near') : undefined}
      style={columnVariables(columns, exact)}
      aria-label={title}
    >
      <div className={classes.head}>
        {open === null ? (
          <PageHeading key={search.view ?? 'all'} title={title} className={classes.title} />
        ) : (
          <h2 className={classes.title}>{title}</h2>
        )}
        {list.query.data && (
          <span className={classes.count}>
            <Total count={list.count} exact={list.exact} />
          </span>
        )}
        <span className={classes.tools}>
          <Export search={search} />
          <Look search={search} />
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={densityLabel}
            title={densityLabel}
            onClick={toggleDensity}
          >
            <IconRowInsertTop size={18} />
          </ActionIcon>
          {!beside && (
            <LinkButton to="/tickets/new" size="xs" leftSection={<IconPlus size={16} />}>
              <Trans>New ticket</Trans>
            </LinkButton>
          )}
        </span>
        <Selected list={list} q={queryText(search)} shownIds={shownIds} onClear={clear} />
      </div>
      {/* Hidden rather than gone: to make its fields anew takes longer than to open a ticket. */}
      {filtered.current && (
        <div className={classes.filters} hidden={beside}>
          <Filters search={search} onChange={change} />
        </div>
      )}
      {list.fresh > 0 && (
        <Button
          fullWidth
          radius={0}
          size="compact-sm"
          variant="light"
          leftSection={<IconRefresh size={14} />}
          onClick={list.refresh}
        >
          <Plural
            value={list.fresh}
            one="# new or changed ticket"
            other="# new or changed tickets"
          />
        </Button>
      )}
      {mistake ? (
        <QueryMistake message={mistake} />
      ) : (
        <Fetched query={list.query} skeleton={<SkeletonRows rows={16} height={heights[density]} />}>
          {() =>
            list.rows.length === 0 ? (
              <NothingHere search={search} works />
            ) : (
              <ScrollList
                handle={handle}
                label={title}
                items={list.rows}
                keyOf={(ticket) => ticket.id}
                rowHeight={heights[density]}
                total={list.exact ? list.count : -1}
                onNearEnd={list.more}
                onRest={prefetch}
                place={key}
                offset={() => recall(key).offset}
                onOffset={(offset) => remember(key, { offset })}
                head={{
                  height: headHeight,
                  content: <ListHead columns={columns} sort={search.sort} onSort={change} />,
                }}
              >
                {(ticket, fast) =>
                  fast ? (
                    <PassingRow ticket={ticket} />
                  ) : (
                    <div className={classes.line}>
                      <SelectBox ticket={ticket} shownIds={shownIds} />
                      <TicketRow
                        ticket={ticket}
                        current={ticket.id === open}
                        columns={columns}
                        exact={exact}
                      />
                    </div>
                  )
                }
              </ScrollList>
            )
          }
        </Fetched>
      )}
    </section>
  );
}

interface SelectedProps {
  list: { count: number; exact: boolean; rows: readonly Ticket[] };
  /** What the list finds, in the query language. */
  q: string;
  shownIds: () => number[];
  onClear: () => void;
}

/** What can be done with the selected tickets, while there are any. */
function Selected({ list, q, shownIds, onClear }: SelectedProps) {
  const { i18n } = useLingui();
  const ids = useSelectedIds();
  const matching = useMatching();
  if (matching) return <SelectionBar selection={matching} onClear={onClear} />;
  if (ids.length === 0) return null;
  const { count, exact, rows } = list;
  const all = ids.length >= Math.min(rows.length, mostSelected);
  const number = new Intl.NumberFormat(i18n.locale).format(count) + (exact ? '' : '+');
  return (
    <SelectionBar selection={{ ids: [...ids] }} onClear={onClear}>
      {all && (count > ids.length || !exact) && (
        <Button
          size="compact-sm"
          variant="light"
          onClick={() => selectMatching(shownIds(), { q: q || 'id:>0', count, more: !exact })}
        >
          <Trans>Select all {number} that match</Trans>
        </Button>
      )}
    </SelectionBar>
  );
}

interface SelectBoxProps {
  ticket: Ticket;
  shownIds: () => number[];
}

/** Selects a ticket by mouse, and with Shift everything up to it. */
const SelectBox = memo(function SelectBox({ ticket, shownIds }: SelectBoxProps) {
  const { t } = useLingui();
  const on = useIsSelected(ticket.id);
  return (
    <label className={classes.select}>
      <input
        type="checkbox"
        aria-label={t`Select ticket #${ticket.id}`}
        checked={on}
        onChange={() => toggleSelected(ticket.id)}
        onClick={(event) => {
          if (!event.shiftKey) return;
          event.preventDefault();
          selectRange(shownIds(), ticket.id);
        }}
      />
    </label>
  );
});

/** How many there are; beyond what is counted, "10,000+". */
function Total({ count, exact }: { count: number; exact: boolean }) {
  const { i18n } = useLingui();
  const number = new Intl.NumberFormat(i18n.locale).format(count);
  return exact ? number : `${number}+`;
}
