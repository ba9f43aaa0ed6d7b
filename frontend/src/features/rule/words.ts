import type { MessageDescriptor } from '@lingui/core';
import { msg } from '@lingui/core/macro';

/** When a rule acts. */
export const triggerWords: Record<string, MessageDescriptor> = {
  created: msg`A ticket is created`,
  updated: msg`A ticket is changed`,
  commented: msg`Somebody comments`,
  noted: msg`Somebody writes an internal note`,
  sla_warning: msg`A time of its SLA is at risk`,
  sla_breached: msg`A time of its SLA is up`,
};

/** What became of a rule at an event. */
export const stateWords: Record<string, MessageDescriptor> = {
  applied: msg`applied`,
  unchanged: msg`nothing to change`,
  not_matched: msg`did not fit`,
  skipped: msg`skipped`,
  failed: msg`failed`,
};

export const stateOf = (state: string): MessageDescriptor => stateWords[state] ?? msg`skipped`;
