import type { MessageDescriptor } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import type { Group } from '@/lib/commands';

/** What the groups of commands are called. */
export const groupNames: Record<Group, MessageDescriptor> = {
  ticket: msg`Ticket`,
  write: msg`Writing`,
  list: msg`List`,
  go: msg`Go to`,
  general: msg`Everywhere`,
};
