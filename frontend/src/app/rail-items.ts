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
  /** A page with what lies below it. */
  const page = <To extends `/${string}`>(
    key: string,
    label: string,
    icon: Item['icon'],
    to: To,
  ) => ({
    key,
    label,
    icon,
    link: { to },
    current: below(to),
  });
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
  const timePages = page('time', t`Time report`, IconClockHour4, '/reports/time');
  const slaPages: Item = {
    key: 'sla',
    label: t`SLA`,
    icon: IconClock,
    link: { to: '/sla' },
    current: below('/sla') || below('/calendars'),
  };
  const userPages = page('users', t`Users`, IconUsers, '/users');
  const jobPages = page('jobs', t`Jobs`, IconBug, '/jobs');
  const teamPages = page('teams', t`Teams`, IconUsersGroup, '/teams');
  const deskPages = page('desk', t`Ticket setup`, IconAdjustments, '/desk');
  const mailPages = page('mail', t`Mail`, IconMail, '/mail');
  const webhookPages = page('webhooks', t`Webhooks`, IconWebhook, '/webhooks');
  const rulePages = page('rules', t`Rules`, IconBolt, '/rules');
  const routingPages = page('routing', t`Routing`, IconRoute, '/routing');
  const macroPages = page('macros', t`Macros`, IconBolt, '/macros');
  const recurringPages = page('recurring', t`Recurring tickets`, IconRepeat, '/recurring');
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
