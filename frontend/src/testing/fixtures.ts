import type {
  Account,
  Comment,
  Dashboard,
  Me,
  Message,
  Session,
  Ticket,
  TicketDetail,
  TicketEvent,
  User,
} from '@/lib/api';

type Role = User['role'];

const ids: Record<Role, number> = { employee: 1, it_staff: 2, admin: 3 };
const names: Record<Role, string> = { employee: 'erin', it_staff: 'stan', admin: 'ada' };

const permissions: Record<Role, string[]> = {
  employee: [],
  it_staff: [
    'ticket.queue',
    'ticket.work',
    'note.read',
    'note.write',
    'tag.read',
    'bulk.run',
    'view.share',
    'macro.share',
  ],
  admin: [
    'ticket.view_all',
    'ticket.queue',
    'ticket.work',
    'ticket.delete',
    'ticket.triage',
    'ticket.view_confidential',
    'note.read',
    'note.write',
    'tag.read',
    'bulk.run',
    'calendar.manage',
    'macro.share',
    'macro.manage',
    'rule.manage',
    'routing.manage',
    'webhook.manage',
    'view.share',
    'view.manage',
    'sla.manage',
    'desk.configure',
    'user.manage',
    'team.manage',
    'job.manage',
    'report.view',
  ],
};

export function aUser(role: Role = 'employee', over: Partial<User> = {}): User {
  const username = names[role];
  return {
    id: ids[role],
    username,
    email: `${username}@example.org`,
    role,
    department: '',
    first_name: '',
    last_name: '',
    ...over,
  };
}

export function anAccount(role: Role = 'employee', over: Partial<Account> = {}): Account {
  return {
    ...aUser(role),
    full_name: '',
    phone: '',
    language: '',
    time_zone: '',
    is_active: true,
    email_verified: true,
    created_at: '2026-10-01T08:00:00Z',
    updated_at: '2026-10-01T08:00:00Z',
    last_login_at: null,
    version: 1,
    ...over,
  };
}

export function aMe(role: Role = 'employee'): Me {
  return { ...anAccount(role), permissions: permissions[role], tour_done: true };
}

export function aSession(role: Role = 'employee', token = `token-of-${role}`): Session {
  return { access_token: token, token_type: 'Bearer', expires_in: 900, user: aMe(role) };
}

const everything = {
  update: true,
  update_status: true,
  assign: true,
  comment: true,
  delete: true,
  close: true,
  reopen: false,
  watch: true,
  cc: true,
  confidential: true,
};

export function aTicket(over: Partial<Ticket> = {}): Ticket {
  return {
    id: 42,
    title: 'Printer on fire',
    description: 'It burns.\nPlease help.',
    status: 'open',
    priority: 'high',
    created_by: aUser('employee'),
    assigned_to: null,
    team: null,
    opened_by: null,
    confidential: false,
    watching: false,
    created_at: '2026-11-01T08:00:00Z',
    updated_at: '2026-11-01T09:00:00Z',
    resolved_at: null,
    closed_at: null,
    first_responded_at: null,
    solved_at: null,
    category: null,
    channel: 'web',
    substatus: null,
    tags: [],
    fields: {},
    comment_count: 0,
    waiting: 'staff',
    due_at: null,
    due_source: null,
    sla_state: null,
    merged_into: null,
    parent: null,
    children: null,
    snooze: null,
    woken_at: null,
    checklist: null,
    version: 1,
    can: everything,
    ...over,
  };
}

export function aTicketDetail(over: Partial<TicketDetail> = {}): TicketDetail {
  return {
    ...aTicket(),
    description_html: '<p>It burns.<br>Please help.</p>',
    comments: [],
    attachments: [],
    ...over,
  };
}

export function aComment(over: Partial<Comment> = {}): Comment {
  return {
    id: 1,
    ticket_id: 42,
    author: aUser('it_staff'),
    content: 'Have you tried water?',
    content_html: '<p>Have you tried water?</p>',
    is_system_message: false,
    moved: false,
    moved_from: null,
    attachments: [],
    created_at: '2026-11-01T08:30:00Z',
    updated_at: '2026-11-01T08:30:00Z',
    version: 1,
    can: { update: false, delete: false },
    ...over,
  };
}

export function aMessage(over: Partial<Message> = {}): Message {
  return {
    id: 9,
    ticket_id: 42,
    kind: 'reply',
    content: 'On its way.',
    content_html: '<p>On its way.</p>',
    status: null,
    state: 'held',
    reason: '',
    release_at: new Date(Date.now() + 10_000).toISOString(),
    comment_id: null,
    note_id: null,
    attachment_ids: [],
    version: 1,
    created_at: '2026-11-01T09:00:00Z',
    ...over,
  };
}

export function anEvent(over: Partial<TicketEvent> = {}): TicketEvent {
  return {
    id: 1,
    type: 'ticket.created',
    actor: aUser('employee'),
    data: {},
    created_at: '2026-11-01T08:00:00Z',
    ...over,
  };
}

export function aDashboard(over: Partial<Dashboard> = {}): Dashboard {
  return {
    total: 3,
    per_status: { open: 1, in_progress: 1, resolved: 1, closed: 0 },
    per_priority: { low: 0, medium: 1, high: 1, urgent: 1 },
    unassigned: 1,
    mine_total: 1,
    recent: [aTicket()],
    mine: [],
    per_day: [],
    ...over,
  };
}

/** A page of a list, alone unless told otherwise. */
export function aList<T>(results: T[], over: { count?: number; next?: string | null } = {}) {
  return { count: results.length, count_exact: true, next: null, previous: null, results, ...over };
}
