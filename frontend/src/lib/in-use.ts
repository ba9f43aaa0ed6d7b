import type { MessageDescriptor } from '@lingui/core';
import { i18n } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import { asApiError } from './problem';

const kinds: Record<string, (name: string) => MessageDescriptor> = {
  rule: (name) => msg`the rule “${name}”`,
  sla_policy: (name) => msg`the SLA policy “${name}”`,
  routing_queue: (name) => msg`the routing queue “${name}”`,
  skill: (name) => msg`the skill “${name}”`,
  view: (name) => msg`the view “${name}”`,
  macro: (name) => msg`the macro “${name}”`,
  template: (name) => msg`the template “${name}”`,
  recurrence: (name) => msg`the recurring ticket “${name}”`,
  mailbox: (name) => msg`the mailbox “${name}”`,
};

/** What keeps something from being deleted or renamed, in words; null for another error. */
export function inUse(error: unknown): string | null {
  const { status, code, fields } = asApiError(error);
  if (status !== 409 || !code.endsWith('.in_use')) return null;
  const uses = Object.entries(fields).flatMap(([kind, names]) =>
    names.map((name) => {
      const words = kinds[kind];
      return words ? i18n._(words(name)) : name;
    }),
  );
  if (uses.length === 0) return null;
  const list = new Intl.ListFormat(i18n.locale, { type: 'conjunction' }).format(uses);
  return i18n._(msg`It is still used by ${list}. Change that first.`);
}
