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
};
