import type { MessageDescriptor } from '@lingui/core';
import { msg } from '@lingui/core/macro';

/** How the columns of exports are called; the server names those that are not here. */
export const columnNames: Record<string, MessageDescriptor | undefined> = {
  id: msg`Number`,
  title: msg`Title`,
  description: msg`Description`,
  status: msg`Status`,
  priority: msg`Priority`,
  requester: msg`Requester`,
  requester_name: msg`Requester's name`,
  requester_email: msg`Requester's e-mail`,
  department: msg`Department`,
  assignee: msg`Assignee`,
  assignee_name: msg`Assignee's name`,
  team: msg`Team`,
  category: msg`Category`,
  substatus: msg`Finer status`,
  tags: msg`Tags`,
  due_at: msg`Due`,
  sla_state: msg`SLA`,
  confidential: msg`Confidential`,
  waiting: msg`Waiting for`,
  comment_count: msg`Comments`,
  created_at: msg`Created`,
  updated_at: msg`Updated`,
  first_responded_at: msg`First response`,
  resolved_at: msg`Resolved`,
  closed_at: msg`Closed`,
  solved_at: msg`Solved`,
  first_response_time: msg`Time to first response`,
  resolution_time: msg`Time to resolution`,
};
