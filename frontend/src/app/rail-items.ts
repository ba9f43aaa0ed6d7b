import { useLingui } from '@lingui/react/macro';
import {
  IconAdjustments,
  IconBolt,
  IconBug,
  IconChartLine,
  IconClock,
  IconClockHour4,
  IconHome,
  IconHourglass,
  IconInbox,
  IconMail,
  IconMailOpened,
  IconRepeat,
  IconRoute,
  IconTicket,
  IconUser,
  IconUserCheck,
  IconUsers,
  IconUsersGroup,
  IconWebhook,
} from '@tabler/icons-react';
import { useRouterState } from '@tanstack/react-router';
import { useViewCounts } from '@/features/ticket';
import { unfinished } from '@/features/ticket/search-params';
import { useCan } from '@/lib/can';
import { useMe } from '@/lib/session';
import { personName } from '@/ui/person';
import type { Item } from './rail-item';
import { useTeamItems } from './rail-teams';
import { useCountText, useViewItems } from './rail-views';

/** Everywhere the signed-in person can go. */
export function useItems(): {
  work: Item[];
  views: Item[];
  teams: Item[];
  admin: Item[];
  me: Item;
} {
  const { t } = useLingui();
  const me = useMe();
  const works = useCan('ticket.queue');
  const reports = useCan('report.view');
  const users = useCan('user.manage');
  const jobs = useCan('job.manage');
  const managesTeams = useCan('team.manage');
  const configures = useCan('desk.configure');
  const slas = useCan('sla.manage');
  const rules = useCan('rule.manage');
  const routes = useCan('routing.manage');
  const webhooks = useCan('webhook.manage');
  const { pathname, view } = useRouterState({
    select: ({ location }) => ({
      // Which ticket is open is nothing to the menu.
      pathname: location.pathname.replace(/^\/tickets\/\d+$/, '/tickets'),
      view: (location.search as { view?: string }).view,
    }),
    structuralSharing: true,
  });
  const counts = useViewCounts();
  const text = useCountText();
  const below = (path: string) => pathname === path || pathname.startsWith(`${path}/`);

  const queue = (key: string, current: boolean): Item => ({
    key,
    label: works ? t`All tickets` : t`My tickets`,
    icon: IconTicket,
    link: { to: '/tickets' },
    current,
    count: works ? text(counts.get('all')) : undefined,
  });
  const teams = useTeamItems(works, works && pathname.startsWith('/tickets'));
  const onList = pathname === '/tickets';
  const staffViews: Item[] = [
    {
      key: 'unassigned',
      label: t`Unassigned`,
      icon: IconInbox,
      link: { to: '/tickets', search: { view: 'unassigned', status: unfinished } },
      current: onList && view === 'unassigned',
      count: text(counts.get('unassigned')),
    },
    {
      key: 'mine',
      label: t`Assigned to me`,
      icon: IconUserCheck,
      link: { to: '/tickets', search: { view: 'mine', status: unfinished } },
      current: onList && view === 'mine',
      count: text(counts.get('mine')),
    },
    {
      key: 'waiting',
      label: t`Waiting for us`,
      icon: IconHourglass,
      link: { to: '/tickets', search: { view: 'waiting' } },
      current: onList && view === 'waiting',
      count: text(counts.get('waiting')),
    },
    {
      key: 'unread',
      label: t`Unread`,
      icon: IconMailOpened,
      link: { to: '/tickets', search: { view: 'unread' } },
      current: onList && view === 'unread',
      count: text(counts.get('unread')),
    },
    queue('all', onList && !view && !teams.some(({ current }) => current)),
  ];
  const home: Item = {
    key: 'dashboard',
    label: t`Dashboard`,
    icon: IconHome,
    link: { to: '/' },
    current: pathname === '/',
  };
  const reportPages: Item = {
    key: 'reports',
    label: t`Reports`,
    icon: IconChartLine,
    link: { to: '/reports' },
    current: pathname === '/reports',
  };
  const timePages: Item = {
    key: 'time',
    label: t`Time report`,
    icon: IconClockHour4,
    link: { to: '/reports/time' },
    current: below('/reports/time'),
  };
  const slaPages: Item = {
    key: 'sla',
    label: t`SLA`,
    icon: IconClock,
    link: { to: '/sla' },
    current: below('/sla') || below('/calendars'),
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
  const teamPages: Item = {
    key: 'teams',
    label: t`Teams`,
    icon: IconUsersGroup,
    link: { to: '/teams' },
    current: below('/teams'),
  };
  const deskPages: Item = {
    key: 'desk',
    label: t`Ticket setup`,
    icon: IconAdjustments,
    link: { to: '/desk' },
    current: below('/desk'),
  };
  const mailPages: Item = {
    key: 'mail',
    label: t`Mail`,
    icon: IconMail,
    link: { to: '/mail' },
    current: below('/mail'),
  };
  const webhookPages: Item = {
    key: 'webhooks',
    label: t`Webhooks`,
    icon: IconWebhook,
    link: { to: '/webhooks' },
    current: below('/webhooks'),
  };
  const rulePages: Item = {
    key: 'rules',
    label: t`Rules`,
    icon: IconBolt,
    link: { to: '/rules' },
    current: below('/rules'),
  };
  const routingPages: Item = {
    key: 'routing',
    label: t`Routing`,
    icon: IconRoute,
    link: { to: '/routing' },
    current: below('/routing'),
  };
  const macroPages: Item = {
    key: 'macros',
    label: t`Macros`,
    icon: IconBolt,
    link: { to: '/macros' },
    current: below('/macros'),
  };
  const recurringPages: Item = {
    key: 'recurring',
    label: t`Recurring tickets`,
    icon: IconRepeat,
    link: { to: '/recurring' },
    current: below('/recurring'),
  };
  return {
    work: [
      home,
      ...(works
        ? [...staffViews, macroPages, recurringPages, timePages]
        : [queue('all', below('/tickets'))]),
    ],
    views: useViewItems(onList ? view : undefined),
    teams: works ? [...teams, ...(teams.length > 0 && !managesTeams ? [teamPages] : [])] : [],
    admin: [
      ...(reports ? [reportPages] : []),
      ...(slas ? [slaPages] : []),
      ...(users ? [userPages] : []),
      ...(managesTeams ? [teamPages] : []),
      ...(configures ? [deskPages, mailPages] : []),
      ...(rules ? [rulePages] : []),
      ...(routes ? [routingPages] : []),
      ...(webhooks ? [webhookPages] : []),
      ...(jobs ? [jobPages] : []),
    ],
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
