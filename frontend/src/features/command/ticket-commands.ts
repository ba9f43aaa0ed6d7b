import { msg } from '@lingui/core/macro';
import {
  IconArrowMerge,
  IconArrowsSplit2,
  IconBolt,
  IconCalendarDue,
  IconCategory,
  IconChecklist,
  IconChevronLeft,
  IconCircleCheck,
  IconClockPlay,
  IconEye,
  IconEyeOff,
  IconFlag,
  IconForms,
  IconHandGrab,
  IconLink,
  IconLock,
  IconLockOpen,
  IconPencil,
  IconProgress,
  IconTag,
  IconTrash,
  IconUser,
  IconUsersGroup,
  IconZzz,
} from '@tabler/icons-react';
import {
  ask,
  change,
  follow,
  remove,
  type Status,
  type Target,
  targetOf,
  toggleTimer,
} from '@/features/ticket';
import type { Ticket } from '@/lib/api';
import { type Command, type Contexts, defineCommand } from '@/lib/commands';

type Can = keyof Ticket['can'];

interface OnTickets extends Omit<Command, 'scope' | 'group' | 'run' | 'when' | 'bulk'> {
  /** What one must be allowed to do with the ticket. */
  can: Can;
  /** What else must hold of a single ticket. */
  unless?: (ticket: Ticket, context: Contexts) => boolean;
  bulk?: boolean;
  act: (target: Target, context: Contexts, anchor?: HTMLElement) => void;
}

/** A command about the open ticket, the one under the cursor, or those that are selected. */
function onTickets({ can, unless, act, ...rest }: OnTickets): void {
  defineCommand({
    ...rest,
    group: 'ticket',
    scope: 'ticket',
    when: (context) => {
      const target = targetOf(context);
      if (!target) return false;
      if (target.selection) return !!rest.bulk && mayBulk(context);
      return !!target.ticket.can[can] && !unless?.(target.ticket, context);
    },
    run: (context, { anchor }) => {
      const target = targetOf(context);
      if (target) act(target, context, anchor);
    },
  });
}

const mayBulk = ({ global }: Contexts) => !!global?.me.permissions?.includes('bulk.run');

const setStatus = (to: Status) => (target: Target, context: Contexts) => {
  if (context.global) change(context.global.client, target, { kind: 'status', to });
};

/** What can be done with tickets. */
export function defineTicketCommands(): void {
  onTickets({
    id: 'ticket.assign',
    label: msg`Assign the ticket`,
    words: msg`assignee person hand over`,
    icon: IconUser,
    keys: 'a',
    needs: 'ticket.work',
    can: 'assign',
    bulk: true,
    act: (target, _, anchor) => ask({ about: 'assignee', target, anchor }),
  });
  onTickets({
    id: 'ticket.take',
    label: msg`Assign to me`,
    words: msg`take`,
    icon: IconHandGrab,
    keys: 'i',
    needs: 'ticket.work',
    can: 'assign',
    bulk: true,
    unless: (ticket, { global }) => ticket.assigned_to?.id === global?.me.id,
    act: (target, { global }) => {
      if (global) change(global.client, target, { kind: 'assignee', to: global.me });
    },
  });
  onTickets({
    id: 'ticket.status',
    label: msg`Change the status`,
    icon: IconProgress,
    keys: 's',
    needs: 'ticket.work',
    can: 'update_status',
    bulk: true,
    act: (target, _, anchor) => ask({ about: 'status', target, anchor }),
  });
  onTickets({
    id: 'ticket.priority',
    label: msg`Change the priority`,
    words: msg`urgent high medium low`,
    icon: IconFlag,
    keys: 'p',
    needs: 'ticket.work',
    can: 'update_status',
    bulk: true,
    act: (target, _, anchor) => ask({ about: 'priority', target, anchor }),
  });
  onTickets({
    id: 'ticket.resolve',
    label: msg`Resolve the ticket`,
    words: msg`done solve`,
    icon: IconCircleCheck,
    keys: 'Shift+r',
    needs: 'ticket.work',
    can: 'update_status',
    bulk: true,
    unless: ({ status }) => status === 'resolved' || status === 'closed',
    act: setStatus('resolved'),
  });
  onTickets({
    id: 'ticket.close',
    label: msg`Close the ticket`,
    icon: IconLock,
    keys: 'Shift+c',
    can: 'close',
    bulk: true,
    act: setStatus('closed'),
  });
  onTickets({
    id: 'ticket.reopen',
    label: msg`Reopen the ticket`,
    icon: IconLockOpen,
    keys: 'Shift+o',
    can: 'reopen',
    bulk: true,
    act: setStatus('open'),
  });
  onTickets({
    id: 'ticket.delete',
    label: msg`Delete ticket`,
    words: msg`remove trash`,
    icon: IconTrash,
    keys: 'Shift+d',
    needs: 'ticket.delete',
    can: 'delete',
    bulk: true,
    act: (target, context) => {
      if (context.global) remove(context.global.client, target);
      if (target.ticket && context.ticket?.ticket.id === target.ticket.id) context.ticket.back();
    },
  });
  onTickets({
    id: 'ticket.team',
    label: msg`Give to a team`,
    words: msg`team queue group`,
    icon: IconUsersGroup,
    keys: 'Shift+t',
    needs: 'ticket.work',
    can: 'assign',
    bulk: true,
    act: (target, _, anchor) => ask({ about: 'team', target, anchor }),
  });
  onTickets({
    id: 'ticket.tag',
    label: msg`Tag the ticket`,
    words: msg`tags label word`,
    icon: IconTag,
    keys: 't',
    needs: 'ticket.work',
    can: 'update_status',
    bulk: true,
    act: (target, _, anchor) => ask({ about: 'tag', target, anchor }),
  });
  onTickets({
    id: 'ticket.category',
    label: msg`Choose the category`,
    words: msg`kind topic sort`,
    icon: IconCategory,
    keys: 'Shift+y',
    needs: 'ticket.work',
    can: 'update_status',
    bulk: true,
    act: (target, _, anchor) => ask({ about: 'category', target, anchor }),
  });
  onTickets({
    id: 'ticket.field',
    label: msg`Set a field`,
    words: msg`custom value form`,
    icon: IconForms,
    keys: 'Shift+f',
    needs: 'ticket.work',
    can: 'update_status',
    bulk: true,
    act: (target, _, anchor) => ask({ about: 'field', target, anchor }),
  });
  onTickets({
    id: 'ticket.macro',
    label: msg`Use a macro`,
    words: msg`canned reply template snippet`,
    icon: IconBolt,
    keys: 'm',
    needs: 'ticket.work',
    can: 'update_status',
    bulk: true,
    act: (target, _, anchor) => ask({ about: 'macro', target, anchor }),
  });
  onTickets({
    id: 'ticket.watch',
    label: msg`Watch or stop watching the ticket`,
    words: msg`follow unfollow subscribe`,
    icon: IconEye,
    keys: 'w',
    needs: 'ticket.work',
    can: 'watch',
    act: ({ ticket }, { global }) => {
      if (ticket && global) void follow(global.client, ticket, !ticket.watching);
    },
  });
  onTickets({
    id: 'ticket.confidential',
    label: msg`Switch whether the ticket is confidential`,
    words: msg`private secret hide`,
    icon: IconEyeOff,
    keys: 'Shift+h',
    can: 'confidential',
    act: (target, { global }) => {
      if (!global || !target.ticket) return;
      change(global.client, target, { kind: 'confidential', to: !target.ticket.confidential });
    },
  });
  onTickets({
    id: 'ticket.snooze',
    label: msg`Snooze the ticket`,
    words: msg`later rest remind wake sleep`,
    icon: IconZzz,
    keys: 'z',
    needs: 'ticket.work',
    can: 'assign',
    bulk: true,
    unless: ({ status }) => status === 'resolved' || status === 'closed',
    act: (target, _, anchor) => ask({ about: 'snooze', target, anchor }),
  });
  onTickets({
    id: 'ticket.due',
    label: msg`Set by when it is due`,
    words: msg`deadline date time`,
    icon: IconCalendarDue,
    keys: 'd',
    needs: 'ticket.work',
    can: 'assign',
    bulk: true,
    act: (target, _, anchor) => ask({ about: 'due', target, anchor }),
  });
  onTickets({
    id: 'ticket.merge',
    label: msg`Merge into another ticket`,
    words: msg`join combine duplicate`,
    icon: IconArrowMerge,
    keys: 'Shift+m',
    needs: 'ticket.work',
    can: 'assign',
    bulk: true,
    act: (target, _, anchor) => ask({ about: 'merge', target, anchor }),
  });
  onTickets({
    id: 'ticket.link',
    label: msg`Link to another ticket`,
    words: msg`duplicate caused parent child related`,
    icon: IconLink,
    keys: 'Shift+k',
    needs: 'ticket.work',
    can: 'assign',
    bulk: true,
    act: (target, _, anchor) => ask({ about: 'link', target, anchor }),
  });
  onTickets({
    id: 'ticket.split',
    label: msg`Split the ticket in two`,
    words: msg`part separate divide`,
    icon: IconArrowsSplit2,
    keys: 'Shift+s',
    needs: 'ticket.work',
    can: 'assign',
    act: (target, _, anchor) => ask({ about: 'split', target, anchor }),
  });
  onTickets({
    id: 'ticket.timer',
    label: msg`Start or stop the timer`,
    words: msg`time work clock log hours`,
    icon: IconClockPlay,
    keys: 'l',
    needs: 'ticket.work',
    can: 'assign',
    act: ({ ticket }, { global }) => {
      if (ticket && global) void toggleTimer(global.client, ticket.id);
    },
  });
  onTickets({
    id: 'ticket.checklist',
    label: msg`Add to the checklist`,
    words: msg`todo item step task`,
    icon: IconChecklist,
    keys: 'y',
    needs: 'ticket.work',
    can: 'assign',
    act: (target, _, anchor) => ask({ about: 'checklist', target, anchor }),
  });
  defineCommand({
    id: 'ticket.edit',
    group: 'ticket',
    label: msg`Edit ticket`,
    words: msg`title description rename`,
    icon: IconPencil,
    scope: 'ticket',
    keys: 'e',
    when: ({ ticket }) => !!ticket?.editTitle,
    run: ({ ticket }) => ticket?.editTitle?.(),
  });
  defineCommand({
    id: 'ticket.back',
    group: 'go',
    label: msg`Leave the ticket or the selection`,
    words: msg`back list close`,
    icon: IconChevronLeft,
    scope: 'ticket',
    keys: 'Escape',
    when: ({ ticket, list }) => !!ticket || !!list?.selection?.(),
    run: ({ ticket, list }) => (ticket ? ticket.back() : list?.clearSelection?.()),
  });
}
