import { useMe } from './session';

/** Permissions as the server names them (see the glossary); never derived from the role. */
export type Permission =
  | 'ticket.view_all'
  | 'ticket.queue'
  | 'ticket.work'
  | 'ticket.delete'
  | 'ticket.triage'
  | 'ticket.view_confidential'
  | 'note.read'
  | 'note.write'
  | 'tag.read'
  | 'bulk.run'
  | 'calendar.manage'
  | 'webhook.manage'
  | 'view.share'
  | 'view.manage'
  | 'sla.manage'
  | 'desk.configure'
  | 'user.manage'
  | 'team.manage'
  | 'job.manage'
  | 'report.view'
  | 'macro.share'
  | 'macro.manage'
  | 'rule.manage'
  | 'routing.manage';

/** Whether the signed-in person may do something at all; rows carry their own `can`. */
export function useCan(permission: Permission): boolean {
  return (useMe().permissions ?? []).includes(permission);
}
