import type { MessageDescriptor } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import { useLingui } from '@lingui/react';
import {
  IconArrowDown,
  IconArrowUp,
  IconCircle,
  IconCircleCheck,
  IconCircleDashed,
  IconFlame,
  IconLock,
  IconMinus,
} from '@tabler/icons-react';
import type { ComponentType } from 'react';
import type { Ticket } from '@/lib/api';
import type { PillTone } from '@/ui/pill';

export type Status = Ticket['status'];
export type Priority = Ticket['priority'];

type Icon = ComponentType<{ size?: number; stroke?: number; className?: string }>;

interface Look {
  label: MessageDescriptor;
  tone: PillTone;
  icon: Icon;
}

/** Words, colours and icons of the states, in the order of the work. */
export const statuses: Record<Status, Look> = {
  open: { label: msg`Open`, tone: 'blue', icon: IconCircle },
  in_progress: { label: msg`In progress`, tone: 'violet', icon: IconCircleDashed },
  resolved: { label: msg`Resolved`, tone: 'green', icon: IconCircleCheck },
  closed: { label: msg`Closed`, tone: 'grey', icon: IconLock },
};

/** The same for priorities, the most pressing first. */
export const priorities: Record<Priority, Look> = {
  urgent: { label: msg`Urgent`, tone: 'red', icon: IconFlame },
  high: { label: msg`High`, tone: 'orange', icon: IconArrowUp },
  medium: { label: msg`Medium`, tone: 'grey', icon: IconMinus },
  low: { label: msg`Low`, tone: 'faint', icon: IconArrowDown },
};

/** How tickets come in. */
export type Channel = 'web' | 'mail' | 'api' | 'phone';

export const channels: Record<Channel, MessageDescriptor> = {
  web: msg`Web`,
  mail: msg`Mail`,
  api: msg`API`,
  phone: msg`Phone`,
};

export const channelKeys = Object.keys(channels) as Channel[];

/** How a ticket came in, in words. */
export function ChannelName({ channel }: { channel: string }) {
  const { i18n } = useLingui();
  return <>{channel in channels ? i18n._(channels[channel as Channel]) : channel}</>;
}

export const statusKeys = Object.keys(statuses) as Status[];
export const priorityKeys = Object.keys(priorities) as Priority[];
