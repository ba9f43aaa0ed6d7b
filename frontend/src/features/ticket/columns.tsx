import type { I18n, MessageDescriptor } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { IconEyeOff } from '@tabler/icons-react';
import type { CSSProperties, ReactNode } from 'react';
import type { Field, Ticket } from '@/lib/api';
import type { Permission } from '@/lib/can';
import { Hidden } from '@/ui/hidden';
import { Person } from '@/ui/person';
import { RelativeTime } from '@/ui/relative-time';
import { RestMark } from './depth/rest-pill';
import { DueBadge } from './due-badge';
import { ChannelName, priorities } from './labels';
import { FinerPill, StatusPill } from './pills';
import { PresentBadge } from './present';
import type { Sort } from './search-params';
import { SlaPill } from './sla-labels';
import classes from './ticket-row.module.css';

export type Row = Ticket & { unread?: boolean };

/** What a cell may look at beside its ticket. */
export interface CellContext {
  i18n: I18n;
  /** Times are shown as dates rather than as "3 hours ago". */
  exact: boolean;
}

/** A column of the list of tickets. */
export interface Column {
  /** As saved views and preferences name it. */
  id: string;
  label: MessageDescriptor;
  /** Of a field of the desk's own, in the place of the label: it has one name in all languages. */
  name?: string;
  /** Pixels; the title takes what is left, and needs at least so many. */
  width: number;
  /** Pixels while times are exact. */
  exactWidth?: number;
  /** Pixels down to which it gives way where the usual columns have little room. */
  leastWidth?: number;
  /** Pixels where even that is not enough: what it shows then is shorter. */
  tightWidth?: number;
  /** Cells are plain functions without hooks: a list has thousands of them. */
  cell: (ticket: Row, context: CellContext) => ReactNode;
  className: string;
  /** The orders that its heading switches between, the more useful one first. */
  sort?: readonly [first: Sort, second: Sort];
  /** The permission without which it says nothing. */
  needs?: Permission;
  /** Shown until somebody chooses. */
  usual?: boolean;
  /** Cannot be taken away: a row is the link of its title. */
  fixed?: boolean;
}

const css = (...names: string[]) => names.map((name) => classes[name]).join(' ');
const plain = css('cell', 'more');
const exactWidth = 156;

const time =
  (of: (ticket: Row) => string | null) =>
  (ticket: Row, { exact }: CellContext) => {
    const iso = of(ticket);
    return iso && <RelativeTime iso={iso} exact={exact} />;
  };

const waitingFor = { staff: msg`IT staff`, requester: msg`Requester` };

/** A date; beside an open ticket, where there is no room for it, what stands there otherwise. */
const roomy = (iso: string, otherwise: ReactNode) => (
  <>
    <RelativeTime iso={iso} exact ahead className={classes.exact} />
    <span>{otherwise}</span>
  </>
);

const isDone = ({ status }: Ticket) => status === 'resolved' || status === 'closed';

const text = (value: string | undefined, hint?: string) =>
  value && (
    <bdi className={classes.text} title={hint ?? value}>
      {value}
    </bdi>
  );

/** All columns, in the order in which they are offered. */
export const allColumns: readonly Column[] = [
  {
    id: 'priority',
    label: msg`Priority`,
    width: 22,
    usual: true,
    sort: ['-priority', 'priority'],
    className: css('icon'),
    cell: ({ priority }, { i18n }) => {
      const { label, icon: Icon } = priorities[priority];
      const name = i18n._(label);
      return (
        <span className={css('icon', priority)} title={name}>
          <Icon size={18} stroke={2} />
          <Hidden>{name}</Hidden>
        </span>
      );
    },
  },
  {
    id: 'id',
    label: msg`Number`,
    width: 64,
    leastWidth: 56,
    usual: true,
    className: css('id'),
    cell: ({ id }) => `#${id}`,
  },
  {
    id: 'title',
    label: msg`Title`,
    width: 200,
    usual: true,
    fixed: true,
    className: css('title'),
    cell: (ticket) => (
      <>
        <bdi>
          {ticket.unread && (
            <Hidden>
              <Trans>Unread:</Trans>{' '}
            </Hidden>
          )}
          {ticket.confidential && (
            <>
              <IconEyeOff size={14} aria-hidden />{' '}
              <Hidden>
                <Trans>Confidential:</Trans>{' '}
              </Hidden>
            </>
          )}
          <RestMark ticket={ticket} />
        </bdi>
        {/* No bdi: by its letters the cell tells where it begins, and where it is cut off. */}
        <span title={ticket.title}>{ticket.title}</span> <PresentBadge ticketId={ticket.id} />
      </>
    ),
  },
  {
    id: 'requester',
    label: msg`Requester`,
    width: 150,
    leastWidth: 86,
    usual: true,
    className: css('cell', 'people', 'requester'),
    cell: (ticket) => <Person person={ticket.created_by} size={20} />,
  },
  {
    id: 'assignee',
    label: msg`Assignee`,
    width: 150,
    leastWidth: 86,
    usual: true,
    className: css('cell', 'people', 'assignee'),
    cell: ({ assigned_to }) =>
      assigned_to ? (
        <Person person={assigned_to} size={20} />
      ) : (
        <span className={classes.text}>
          <Trans>Unassigned</Trans>
        </span>
      ),
  },
  {
    id: 'status',
    label: msg`Status`,
    width: 116,
    tightWidth: 64,
    usual: true,
    sort: ['status', '-status'],
    className: css('status'),
    cell: ({ status }) => <StatusPill status={status} />,
  },
  {
    id: 'due',
    label: msg`Due`,
    width: 168,
    leastWidth: 140,
    exactWidth,
    usual: true,
    sort: ['due_at', '-due_at'],
    className: css('due'),
    cell: (ticket, { exact }) => {
      const left = <DueBadge ticket={ticket} brief />;
      return exact && ticket.due_at && !isDone(ticket) ? roomy(ticket.due_at, left) : left;
    },
  },
  {
    id: 'updated',
    label: msg`Updated`,
    width: 96,
    leastWidth: 92,
    exactWidth,
    usual: true,
    sort: ['-updated_at', 'updated_at'],
    className: css('time'),
    cell: ({ updated_at }, { exact }) => {
      const relative = <RelativeTime iso={updated_at} />;
      return exact ? roomy(updated_at, relative) : relative;
    },
  },
  {
    id: 'created',
    label: msg`Created`,
    width: 96,
    exactWidth,
    sort: ['-created_at', 'created_at'],
    className: plain,
    cell: time((ticket) => ticket.created_at),
  },
  {
    id: 'sla',
    label: msg`SLA`,
    width: 104,
    needs: 'ticket.queue',
    className: plain,
    cell: ({ sla_state }) =>
      sla_state && <SlaPill state={sla_state === 'ok' ? 'running' : sla_state} />,
  },
  {
    id: 'team',
    label: msg`Team`,
    width: 130,
    needs: 'ticket.queue',
    className: plain,
    cell: ({ team }) => text(team?.name),
  },
  {
    id: 'category',
    label: msg`Category`,
    width: 130,
    sort: ['category', '-category'],
    className: plain,
    cell: ({ category }) => text(category?.name, category?.path),
  },
  {
    id: 'substatus',
    label: msg`Finer status`,
    width: 130,
    sort: ['substatus', '-substatus'],
    className: plain,
    cell: ({ status, substatus }) =>
      substatus && (
        <span className={classes.text} title={substatus.label}>
          <FinerPill status={status} finer={substatus} />
        </span>
      ),
  },
  {
    id: 'channel',
    label: msg`Channel`,
    width: 90,
    needs: 'ticket.queue',
    className: plain,
    cell: ({ channel }) => channel && <ChannelName channel={channel} />,
  },
  {
    id: 'tags',
    label: msg`Tags`,
    width: 150,
    needs: 'tag.read',
    className: plain,
    cell: ({ tags }) => text(tags.join(', ')),
  },
  {
    id: 'checklist',
    label: msg`Checklist`,
    width: 92,
    needs: 'ticket.queue',
    className: plain,
    cell: ({ checklist }) => checklist && `${checklist.done}/${checklist.total}`,
  },
  {
    id: 'children',
    label: msg`Parts`,
    width: 84,
    needs: 'ticket.queue',
    className: plain,
    cell: ({ children }) => children && `${children.done}/${children.total}`,
  },
  {
    id: 'parent',
    label: msg`Part of`,
    width: 84,
    needs: 'ticket.queue',
    className: plain,
    cell: ({ parent }) => parent && `#${parent}`,
  },
  {
    id: 'waiting',
    label: msg`Waiting for`,
    width: 100,
    className: plain,
    cell: ({ waiting }, { i18n }) => waiting && i18n._(waitingFor[waiting]),
  },
  {
    id: 'department',
    label: msg`Department`,
    width: 130,
    className: plain,
    cell: ({ created_by }) => text(created_by.department),
  },
  {
    id: 'opened_by',
    label: msg`Opened by`,
    width: 150,
    className: plain,
    cell: ({ opened_by }) => opened_by && <Person person={opened_by} size={20} />,
  },
  {
    id: 'comments',
    label: msg`Comments`,
    width: 88,
    className: plain,
    cell: ({ comment_count }) => comment_count,
  },
  {
    id: 'responded',
    label: msg`First response`,
    width: 110,
    exactWidth,
    className: plain,
    cell: time((ticket) => ticket.first_responded_at),
  },
  {
    id: 'resolved',
    label: msg`Resolved`,
    width: 96,
    exactWidth,
    className: plain,
    cell: time((ticket) => ticket.resolved_at),
  },
];

/** What a column is called. */
export const columnName = ({ name, label }: Column, i18n: I18n) => name ?? i18n._(label);

/** The column of a field of the desk's own. */
export function fieldColumn(
  { slug, name }: Field,
  words: (value: unknown, i18n: I18n) => string,
): Column {
  return {
    id: `${fieldPrefix}${slug}`,
    label: msg`Field`,
    name,
    width: 140,
    sort: [`${fieldPrefix}${slug}`, `-${fieldPrefix}${slug}`],
    className: plain,
    cell: ({ fields }, { i18n }) => text(words(fields[slug], i18n)),
  };
}

/** How the columns of the desk's own fields begin, as in the query language. */
export const fieldPrefix = 'cf.' as const;

const byId = new Map(allColumns.map((column) => [column.id, column]));

/** What is shown until somebody chooses. */
export const usualColumns: readonly Column[] = allColumns.filter(({ usual }) => usual);
export const usualIds: readonly string[] = usualColumns.map(({ id }) => id);

/** The columns with these names; those that are unknown or say nothing to somebody are left out. */
export function columnsNamed(
  ids: readonly string[],
  permissions: readonly string[],
  fields: readonly Column[] = [],
): readonly Column[] {
  const found = [...new Set(ids)]
    .map((id) => byId.get(id) ?? fields.find((column) => column.id === id))
    .filter((column) => column !== undefined)
    .filter(({ needs }) => !needs || permissions.includes(needs));
  const missing = allColumns.filter((column) => column.fixed && !found.includes(column));
  return [...found, ...missing];
}

/** What a row shows beside an open ticket, whatever was chosen. */
const beside = ['priority', 'id', 'status', 'due', 'updated'];

/** Those of them that were not chosen: they are there, and shown only then. */
export function spareColumns(columns: readonly Column[]): readonly Column[] {
  const spare = columns === usualColumns ? [] : beside.flatMap((id) => byId.get(id) ?? []);
  return spare.filter((column) => !columns.includes(column));
}

const gap = 12;
/** Between the usual columns, where there is little room. */
const tightGap = 8;
/** What stands beside the cells: the box to select by, and the padding of a row. */
const around = 38 + 2 * 12;

interface Track {
  column: Column;
  least: number;
  most: number;
}

/** The tracks of a grid; the title takes what is left. */
const grid = (tracks: readonly Track[]) =>
  tracks
    .map(({ column, least, most }) => {
      if (column.id === 'title') return `minmax(${least}px, 1fr)`;
      return least < most ? `minmax(${least}px, ${most}px)` : `${most}px`;
    })
    .join(' ');

const room = (tracks: readonly Track[], between: number) =>
  `${tracks.reduce((all, { least }) => all + least + between, around - between)}px`;

/**
 * The widths, once for all rows: rows only name the variables. What somebody chose is as wide as it
 * is; the usual columns give way, so that all of them are seen where list and ticket have room.
 */
export function columnVariables(columns: readonly Column[], exact: boolean): CSSProperties {
  const gives = columns === usualColumns;
  const tracks = columns.map((column): Track => {
    const dated = exact && column.exactWidth;
    const most = dated || column.width;
    return { column, most, least: (gives && !dated && column.leastWidth) || most };
  });
  const tight = tracks.map((track): Track => {
    const { tightWidth } = track.column;
    return tightWidth ? { ...track, least: tightWidth, most: tightWidth } : track;
  });
  const fewer = tight.filter(({ column }) => column.id !== 'requester');
  return {
    '--fd-columns': grid(tracks),
    '--fd-columns-min': room(tracks, gap),
    ...(gives && { '--fd-tight': grid(tight), '--fd-tight-min': room(tight, tightGap) }),
    // Dates are too wide for that where a window of little more than a thousand pixels has a menu.
    ...(gives && exact && { '--fd-fewer': grid(fewer), '--fd-fewer-min': room(fewer, tightGap) }),
  } as CSSProperties;
}
