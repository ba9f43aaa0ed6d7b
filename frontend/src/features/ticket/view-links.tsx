import { useLingui } from '@lingui/react/macro';
import { Link, useSearch } from '@tanstack/react-router';
import classes from './queue-filters.module.css';
import { type QueueSearch, unfinished } from './search-params';
import { useViews, viewSearch } from './views';

/** On phones, where the rail with the views has no room. */
export function ViewLinks() {
  const { t } = useLingui();
  const { view } = useSearch({ from: '/app/tickets' });
  const links: { label: string; search: QueueSearch }[] = [
    { label: t`Unassigned`, search: { view: 'unassigned', status: unfinished } },
    { label: t`Assigned to me`, search: { view: 'mine', status: unfinished } },
    { label: t`Waiting for us`, search: { view: 'waiting' } },
    { label: t`Unread`, search: { view: 'unread' } },
    { label: t`All tickets`, search: {} },
    ...useViews().map((one) => ({
      label: one.icon ? `${one.icon} ${one.name}` : one.name,
      search: viewSearch(one),
    })),
  ];
  return (
    <nav className={classes.views} aria-label={t`Views`}>
      {links.map(({ label, search }) => (
        <Link
          key={search.view ?? 'all'}
          to="/tickets"
          search={search}
          aria-current={view === search.view ? 'page' : undefined}
          data-active={view === search.view || undefined}
          activeOptions={{ exact: true, includeSearch: true }}
        >
          {label}
        </Link>
      ))}
    </nav>
  );
}
