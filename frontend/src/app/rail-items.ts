import { useLingui } from '@lingui/react/macro';
import {
  IconBug,
  IconHome,
  IconInbox,
  IconTicket,
  IconUser,
  IconUserCheck,
  IconUsers,
} from '@tabler/icons-react';
import { type LinkProps, useRouterState } from '@tanstack/react-router';
import type { ComponentType } from 'react';
import { useDashboard } from '@/features/dashboard/api';
import { unfinished } from '@/features/ticket/search-params';
import { useCan } from '@/lib/can';
import { useMe } from '@/lib/session';
import { personName } from '@/ui/person';

/** One place to go to. */
export interface Item {
  key: string;
  label: string;
  icon: ComponentType<{ size?: number; stroke?: number }>;
  link: LinkProps;
  /** Whether what is shown belongs to it. */
  current: boolean;
  /** How much waits there. */
  count?: number;
}

/** Everywhere the signed-in person can go. */
export function useItems(): { work: Item[]; admin: Item[]; me: Item } {
  const { t } = useLingui();
  const me = useMe();
  const works = useCan('ticket.queue');
  const users = useCan('user.manage');
  const jobs = useCan('job.manage');
  const { pathname, view } = useRouterState({
    select: ({ location }) => ({
      pathname: location.pathname,
      view: (location.search as { view?: string }).view,
    }),
    structuralSharing: true,
  });
  const numbers = useDashboard(works).data;
  const below = (path: string) => pathname === path || pathname.startsWith(`${path}/`);

  const queue = (key: string, current: boolean): Item => ({
    key,
    label: works ? t`All tickets` : t`My tickets`,
    icon: IconTicket,
    link: { to: '/tickets' },
    current,
  });
  const staffViews: Item[] = [
    {
      key: 'unassigned',
      label: t`Unassigned`,
      icon: IconInbox,
      link: { to: '/tickets', search: { view: 'unassigned', status: unfinished } },
      current: pathname === '/tickets' && view === 'unassigned',
      count: numbers?.unassigned,
    },
    {
      key: 'mine',
      label: t`Assigned to me`,
      icon: IconUserCheck,
      link: { to: '/tickets', search: { view: 'mine', status: unfinished } },
      current: pathname === '/tickets' && view === 'mine',
      count: numbers?.mine_total,
    },
    queue('all', pathname === '/tickets' && !view),
  ];
  const home: Item = {
    key: 'dashboard',
    label: t`Dashboard`,
    icon: IconHome,
    link: { to: '/' },
    current: pathname === '/',
  };
  const userPages: Item = {
    key: 'users',
    label: t`Users`,
    icon: IconUsers,
    link: { to: '/users' },
    current: below('/users'),
  };
  const jobPages: Item = {
    key: 'jobs',
    label: t`Jobs`,
    icon: IconBug,
    link: { to: '/jobs' },
    current: below('/jobs'),
  };
  return {
    work: [home, ...(works ? staffViews : [queue('all', below('/tickets'))])],
    admin: [...(users ? [userPages] : []), ...(jobs ? [jobPages] : [])],
    me: {
      key: 'me',
      label: personName(me),
      icon: IconUser,
      link: { to: '/profile' },
      current: pathname === '/profile',
    },
  };
}

/** Marks a link as the current one; the router's own idea of it does not know views. */
export function currentProps(current: boolean) {
  return {
    activeOptions: { exact: true, includeSearch: true },
    activeProps: {},
    'data-active': current || undefined,
    'aria-current': current ? ('page' as const) : undefined,
  };
}
