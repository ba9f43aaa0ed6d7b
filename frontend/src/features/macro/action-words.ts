import type { MessageDescriptor } from '@lingui/core';
import { msg } from '@lingui/core/macro';

/** What the actions are called; one that is new here goes by its own name. */
export const actionWords: Record<string, MessageDescriptor> = {
  assign: msg`Assign`,
  assign_team: msg`Give to a team`,
  update_status: msg`Set the status`,
  set_priority: msg`Set the priority`,
  add_tag: msg`Add a tag`,
  remove_tag: msg`Remove a tag`,
  set_category: msg`Set the category`,
  set_substatus: msg`Set the finer status`,
  set_field: msg`Fill in a field`,
  reply: msg`Write to the requester`,
  note: msg`Write an internal note`,
  apply_macro: msg`Use a macro`,
  add_checklist: msg`Add to the checklist`,
  link: msg`Link to another ticket`,
  merge: msg`Merge into another ticket`,
  set_due: msg`Set by when it is due`,
  snooze: msg`Snooze`,
  unsnooze: msg`End snoozing`,
};

export const paramWords: Record<string, MessageDescriptor> = {
  user_id: msg`To whom`,
  team_id: msg`Team`,
  status: msg`Status`,
  priority: msg`Priority`,
  tag: msg`Tag`,
  category_id: msg`Category`,
  substatus: msg`Finer status`,
  field: msg`Field`,
  value: msg`Value`,
  content: msg`Text`,
  macro_id: msg`Macro`,
  items: msg`Items, one per line`,
  required: msg`Required before resolving`,
  due_at: msg`Due`,
  until: msg`Until`,
  on_reply: msg`A reply ends it`,
  ticket_id: msg`Number of the ticket`,
  kind: msg`How they belong together`,
};

/** What can be chosen where the API lists values, by their name in it. */
export const valueWords: Record<string, MessageDescriptor> = {
  open: msg`Open`,
  in_progress: msg`In progress`,
  resolved: msg`Resolved`,
  closed: msg`Closed`,
  low: msg`Low`,
  medium: msg`Medium`,
  high: msg`High`,
  urgent: msg`Urgent`,
  child_of: msg`Is a part of…`,
  parent_of: msg`Has as a part…`,
  duplicate_of: msg`Is a duplicate of…`,
  has_duplicate: msg`Has as a duplicate…`,
  caused_by: msg`Is caused by…`,
  causes: msg`Causes…`,
  related_to: msg`Belongs together with…`,
};
