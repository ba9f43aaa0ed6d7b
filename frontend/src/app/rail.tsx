import { Trans, useLingui } from '@lingui/react/macro';
import { UnstyledButton } from '@mantine/core';
import {
  IconBug,
  IconHome,
  IconInbox,
  IconLayoutSidebarLeftCollapse,
  IconLayoutSidebarLeftExpand,
  IconLogout,
  IconPlus,
  IconTicket,
  IconUser,
  IconUserCheck,
  IconUsers,
} from '@tabler/icons-react';
import { Link, type LinkProps, useRouterState } from '@tanstack/react-router';
import type { ComponentType } from 'react';
import { useCan } from '@/lib/can';
import { useMe } from '@/lib/session';
import { signOut } from '@/lib/session-end';
import { personName } from '@/ui/person';
import classes from './shell.module.css';

interface Item {
  key: string;
  label: string;
  icon: ComponentType<{ size?: number; stroke?: number }>;
  link: LinkProps;
  /** When the page that is shown counts as this item; also below its path unless told otherwise. */
  active?: { exact?: boolean; includeSearch?: boolean };
}

function useItems(): { work: Item[]; admin: Item[] } {
  const { t } = useLingui();
  const works = useCan('ticket.queue');
  const users = useCan('user.manage');
  const jobs = useCan('job.manage');
  const inView = useRouterState({ select: ({ location }) => 'view' in location.search });
  const view = (name?: 'unassigned' | 'mine'): LinkProps => ({
    to: '/tickets',
    search: name ? { view: name } : {},
  });
  const home = { exact: true };
  // Filters do not leave a view; but a view is not "all".
  const filtered = { includeSearch: true };
  const all = { exact: true, includeSearch: inView };
  const work: Item[] = [
    { key: 'dashboard', label: t`Dashboard`, icon: IconHome, link: { to: '/' }, active: home },
    ...(works
      ? [
          {
            key: 'unassigned',
            label: t`Unassigned`,
            icon: IconInbox,
            link: view('unassigned'),
            active: filtered,
          },
          {
            key: 'mine',
            label: t`Assigned to me`,
            icon: IconUserCheck,
            link: view('mine'),
            active: filtered,
          },
          { key: 'all', label: t`All tickets`, icon: IconTicket, link: view(), active: all },
        ]
      : [{ key: 'all', label: t`My tickets`, icon: IconTicket, link: view() }]),
  ];
  const admin: Item[] = [
    ...(users
      ? [{ key: 'users', label: t`Users`, icon: IconUsers, link: { to: '/users' } as const }]
      : []),
    ...(jobs
      ? [{ key: 'jobs', label: t`Jobs`, icon: IconBug, link: { to: '/jobs' } as const }]
      : []),
  ];
  return { work, admin };
}

function RailLink({ item }: { item: Item }) {
  const Icon = item.icon;
  return (
    <li>
      <Link
        {...item.link}
        className={classes.link}
        title={item.label}
        activeOptions={{ exact: false, includeSearch: false, ...item.active }}
        activeProps={{ 'data-active': true }}
      >
        <Icon size={18} stroke={1.8} />
        <span className={classes.label}>{item.label}</span>
      </Link>
    </li>
  );
}

/** The left rail: views, then administration, then oneself. */
export function Rail({ narrow, onToggle }: { narrow: boolean; onToggle: () => void }) {
  const { t } = useLingui();
  const me = useMe();
  const { work, admin } = useItems();
  const Toggle = narrow ? IconLayoutSidebarLeftExpand : IconLayoutSidebarLeftCollapse;
  return (
    <nav className={classes.rail} aria-label={t`Main`}>
      <div className={classes.railInner}>
        <ul>
          {work.map((item) => (
            <RailLink key={item.key} item={item} />
          ))}
        </ul>
        {admin.length > 0 && (
          <>
            <p className={classes.caption}>
              <Trans>Administration</Trans>
            </p>
            <ul>
              {admin.map((item) => (
                <RailLink key={item.key} item={item} />
              ))}
            </ul>
          </>
        )}
        <span className={classes.spacer} />
        <ul>
          <RailLink
            item={{ key: 'me', label: personName(me), icon: IconUser, link: { to: '/profile' } }}
          />
          <li>
            <UnstyledButton
              className={classes.link}
              onClick={() => void signOut()}
              title={t`Sign out`}
            >
              <IconLogout size={18} stroke={1.8} />
              <span className={classes.label}>
                <Trans>Sign out</Trans>
              </span>
            </UnstyledButton>
          </li>
          <li>
            <UnstyledButton
              className={classes.link}
              onClick={onToggle}
              aria-expanded={!narrow}
              title={narrow ? t`Widen the menu` : t`Narrow the menu`}
            >
              <Toggle size={18} stroke={1.8} />
              <span className={classes.label}>
                {narrow ? <Trans>Widen the menu</Trans> : <Trans>Narrow the menu</Trans>}
              </span>
            </UnstyledButton>
          </li>
        </ul>
      </div>
    </nav>
  );
}

/** The same for phones, where five fit; whoever administrates creates tickets from the lists. */
export function BottomBar() {
  const { t } = useLingui();
  const { admin } = useItems();
  const items: Item[] = [
    { key: 'dashboard', label: t`Dashboard`, icon: IconHome, link: { to: '/' }, active: home },
    { key: 'all', label: t`Tickets`, icon: IconTicket, link: { to: '/tickets' } },
    ...(admin.length > 0
      ? admin
      : [{ key: 'new', label: t`New`, icon: IconPlus, link: { to: '/tickets/new' } as const }]),
    { key: 'me', label: t`Profile`, icon: IconUser, link: { to: '/profile' } },
  ];
  return (
    <nav className={classes.bottom} aria-label={t`Main`}>
      {items.map(({ key, label, icon: Icon, link, active }) => (
        <Link
          key={key}
          {...link}
          activeOptions={{ exact: false, includeSearch: false, ...active }}
          activeProps={{ 'data-active': true }}
        >
          <Icon size={20} stroke={1.8} />
          {label}
        </Link>
      ))}
    </nav>
  );
}
