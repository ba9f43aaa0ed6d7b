import type { MessageDescriptor } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import {
  IconBell,
  IconBug,
  IconChartLine,
  IconClock,
  IconClockHour4,
  IconHome,
  IconInbox,
  IconMail,
  IconTicket,
  IconUser,
  IconUserCheck,
  IconUserPlus,
  IconUserQuestion,
  IconUsers,
  IconWebhook,
  IconZzz,
} from '@tabler/icons-react';
import { unfinished } from '@/features/ticket';
import type { Permission } from '@/lib/can';
import { type Command, defineCommand, type Place } from '@/lib/commands';

interface Target {
  id: string;
  label: MessageDescriptor;
  icon: Command['icon'];
  keys: string;
  place: Place;
  needs?: Permission;
}

/** Every page that one goes to by `g` and a letter. */
const targets: Target[] = [
  {
    id: 'go.inbox',
    label: msg`Go to the inbox`,
    icon: IconInbox,
    keys: 'g i',
    place: { to: '/tickets', search: { status: unfinished, q: '-is:snoozed' } },
    needs: 'ticket.queue',
  },
  {
    id: 'go.unassigned',
    label: msg`Go to unassigned tickets`,
    icon: IconUserQuestion,
    keys: 'g u',
    place: { to: '/tickets', search: { view: 'unassigned', status: unfinished } },
    needs: 'ticket.queue',
  },
  {
    id: 'go.mine',
    label: msg`Go to tickets assigned to me`,
    icon: IconUserCheck,
    keys: 'g m',
    place: { to: '/tickets', search: { view: 'mine', status: unfinished } },
    needs: 'ticket.queue',
  },
  {
    id: 'go.snoozed',
    label: msg`Go to snoozed tickets`,
    icon: IconZzz,
    keys: 'g z',
    place: { to: '/tickets', search: { q: 'is:snoozed' } },
    needs: 'ticket.queue',
  },
  {
    id: 'go.all',
    label: msg`Go to all tickets`,
    icon: IconTicket,
    keys: 'g a',
    place: { to: '/tickets' },
  },
  {
    id: 'go.dashboard',
    label: msg`Go to the dashboard`,
    icon: IconHome,
    keys: 'g d',
    place: { to: '/' },
  },
  {
    id: 'go.reports',
    label: msg`Go to reports`,
    icon: IconChartLine,
    keys: 'g r',
    place: { to: '/reports' },
    needs: 'report.view',
  },
  {
    id: 'go.time',
    label: msg`Go to the time report`,
    icon: IconClockHour4,
    keys: 'g h',
    place: { to: '/reports/time' },
    needs: 'ticket.work',
  },
  {
    id: 'go.sla',
    label: msg`Go to SLA policies`,
    icon: IconClock,
    keys: 'g l',
    place: { to: '/sla' },
    needs: 'sla.manage',
  },
  {
    id: 'go.users',
    label: msg`Go to users`,
    icon: IconUsers,
    keys: 'g p',
    place: { to: '/users' },
    needs: 'user.manage',
  },
  {
    id: 'go.new-user',
    label: msg`Create a user`,
    icon: IconUserPlus,
    keys: 'g n',
    place: { to: '/users/new' },
    needs: 'user.manage',
  },
  {
    id: 'go.jobs',
    label: msg`Go to jobs`,
    icon: IconBug,
    keys: 'g j',
    place: { to: '/jobs' },
    needs: 'job.manage',
  },
  {
    id: 'go.mail',
    label: msg`Go to mail`,
    icon: IconMail,
    keys: 'g e',
    place: { to: '/mail' },
    needs: 'desk.configure',
  },
  {
    id: 'go.webhooks',
    label: msg`Go to webhooks`,
    icon: IconWebhook,
    keys: 'g w',
    place: { to: '/webhooks' },
    needs: 'webhook.manage',
  },
  {
    id: 'go.notifications',
    label: msg`Go to notifications`,
    icon: IconBell,
    keys: 'g b',
    place: { to: '/notifications' },
  },
  {
    id: 'go.profile',
    label: msg`Go to my profile`,
    icon: IconUser,
    keys: 'g s',
    place: { to: '/profile' },
  },
];

export function defineGoCommands(): void {
  for (const { place, ...target } of targets) {
    defineCommand({
      ...target,
      group: 'go',
      scope: 'global',
      run: ({ global }) => global?.go(place),
    });
  }
}
