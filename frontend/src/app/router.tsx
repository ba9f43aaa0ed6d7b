import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  notFound,
  Outlet,
  type RouterHistory,
  redirect,
} from '@tanstack/react-router';
import { parseJobsSearch } from '@/features/job/search-params';
import { parseMailSearch } from '@/features/mail/search-params';
import { parseReportSearch } from '@/features/report/periods';
import { parseTimeSearch } from '@/features/report/time-search';
import { parseSlaReportSearch } from '@/features/sla/search-params';
import { parseQueueSearch } from '@/features/ticket/search-params';
import { parseUsersSearch } from '@/features/user/search-params';
import { parseDeliverySearch } from '@/features/webhook/search-params';
import type { Permission } from '@/lib/can';
import { expectHeading, safeReturnPath } from '@/lib/navigation';
import { ApiError } from '@/lib/problem';
import { currentSession, startSession } from '@/lib/session';
import { NotFoundPage, RouteError } from './fallbacks';

const loaders: (() => Promise<unknown>)[] = [];

/** A page whose code is loaded when it is first opened. */
// biome-ignore lint/suspicious/noExplicitAny: as the router's own signature
function page<M extends Record<string, any>, K extends keyof M>(load: () => Promise<M>, name: K) {
  const loadOrExplain = () =>
    load().catch((error) => {
      // The router reloads the whole app when code is missing, which offline would end it.
      throw navigator.onLine ? error : new ApiError(0);
    });
  loaders.push(loadOrExplain);
  return lazyRouteComponent(loadOrExplain, name);
}

/** Loads the code of all pages, so that moving between them needs no network; no key waits for it. */
export async function preloadPages(): Promise<void> {
  for (const load of loaders) {
    await atLeisure();
    await load().catch(() => {});
  }
}

/** Waits for a moment in which nothing else is done, but not for ever. */
function atLeisure(): Promise<void> {
  return new Promise((done) => {
    // Safari does not tell.
    if (!window.requestIdleCallback) setTimeout(done, 50);
    else window.requestIdleCallback(() => done(), { timeout: 500 });
  });
}

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFoundPage });

// Pages without a session.
const publicPages = createRoute({ getParentRoute: () => root, id: 'public', component: Outlet });
const withToken = (raw: Record<string, unknown>): { token?: string } =>
  typeof raw.token === 'string' ? { token: raw.token } : {};
const publicRoutes = [
  createRoute({
    getParentRoute: () => publicPages,
    path: '/sign-in',
    validateSearch: (raw: Record<string, unknown>): { next?: string } =>
      raw.next ? { next: safeReturnPath(raw.next) } : {},
    component: page(() => import('@/features/auth/sign-in-page'), 'SignInPage'),
  }),
  createRoute({
    getParentRoute: () => publicPages,
    path: '/register',
    component: page(() => import('@/features/auth/register-page'), 'RegisterPage'),
  }),
  createRoute({
    getParentRoute: () => publicPages,
    path: '/verify-email',
    validateSearch: withToken,
    component: page(() => import('@/features/auth/verify-email-page'), 'VerifyEmailPage'),
  }),
  createRoute({
    getParentRoute: () => publicPages,
    path: '/forgot-password',
    component: page(() => import('@/features/auth/forgot-password-page'), 'ForgotPasswordPage'),
  }),
  createRoute({
    getParentRoute: () => publicPages,
    path: '/reset-password',
    validateSearch: withToken,
    component: page(() => import('@/features/auth/reset-password-page'), 'ResetPasswordPage'),
  }),
] as const;

// Pages that need one.
const app = createRoute({
  getParentRoute: () => root,
  id: 'app',
  component: page(() => import('./shell'), 'Shell'),
  beforeLoad: async ({ location }) => {
    await startSession();
    if (currentSession().status !== 'signed-out') return;
    const next = location.href === '/' ? {} : { next: location.href };
    throw redirect({ to: '/sign-in', search: next, replace: true });
  },
});
const tickets = createRoute({
  getParentRoute: () => app,
  path: '/tickets',
  validateSearch: parseQueueSearch,
  component: page(() => import('@/features/ticket/workspace'), 'Workspace'),
});
const ticketRoutes = [
  createRoute({ getParentRoute: () => tickets, path: '/' }),
  createRoute({
    getParentRoute: () => tickets,
    path: '/new',
    component: page(() => import('@/features/ticket/new-ticket-page'), 'NewTicketPage'),
  }),
  createRoute({
    getParentRoute: () => tickets,
    path: '/$ticketId',
    component: page(() => import('@/features/ticket/ticket-page'), 'TicketPage'),
  }),
] as const;
/** For those who may; for everybody else there is no such page. */
const only = (permission: Permission) => () => {
  const session = currentSession();
  if (session.status !== 'signed-in') return; // Signed out or unreachable is the shell's business.
  if (!session.user.permissions?.includes(permission)) throw notFound();
};
const appRoutes = [
  createRoute({
    getParentRoute: () => app,
    path: '/',
    component: page(() => import('@/features/dashboard/dashboard-page'), 'DashboardPage'),
  }),
  createRoute({
    getParentRoute: () => app,
    path: '/reports',
    beforeLoad: only('report.view'),
    validateSearch: parseReportSearch,
    component: page(() => import('@/features/report/report-page'), 'ReportPage'),
  }),
  createRoute({
    getParentRoute: () => app,
    path: '/reports/time',
    beforeLoad: only('ticket.work'),
    validateSearch: parseTimeSearch,
    component: page(() => import('@/features/report/time-page'), 'TimeReportPage'),
  }),
  createRoute({
    getParentRoute: () => app,
    path: '/teams',
    beforeLoad: only('ticket.queue'),
    component: page(() => import('@/features/team/teams-page'), 'TeamsPage'),
  }),
  createRoute({
    getParentRoute: () => app,
    path: '/users',
    beforeLoad: only('user.manage'),
    validateSearch: parseUsersSearch,
    component: page(() => import('@/features/user/users-page'), 'UsersPage'),
  }),
  createRoute({
    getParentRoute: () => app,
    path: '/users/new',
    beforeLoad: only('user.manage'),
    component: page(() => import('@/features/user/new-user-page'), 'NewUserPage'),
  }),
  createRoute({
    getParentRoute: () => app,
    path: '/users/$userId',
    beforeLoad: only('user.manage'),
    component: page(() => import('@/features/user/user-page'), 'UserPage'),
  }),
  createRoute({
    getParentRoute: () => app,
    path: '/sla',
    beforeLoad: only('ticket.work'),
    component: page(() => import('@/features/sla/policies-page'), 'PoliciesPage'),
  }),
  createRoute({
    getParentRoute: () => app,
    path: '/sla/new',
    beforeLoad: only('sla.manage'),
    component: page(() => import('@/features/sla/policy-page'), 'NewPolicyPage'),
  }),
  createRoute({
    getParentRoute: () => app,
    path: '/sla/report',
    beforeLoad: only('report.view'),
    validateSearch: parseSlaReportSearch,
    component: page(() => import('@/features/sla/report-page'), 'SlaReportPage'),
  }),
  createRoute({
    getParentRoute: () => app,
    path: '/sla/$policyId',
    beforeLoad: only('ticket.work'),
    component: page(() => import('@/features/sla/policy-page'), 'PolicyPage'),
  }),
  createRoute({
    getParentRoute: () => app,
    path: '/calendars',
    beforeLoad: only('ticket.work'),
    component: page(() => import('@/features/sla/calendars-page'), 'CalendarsPage'),
  }),
  createRoute({
    getParentRoute: () => app,
    path: '/calendars/new',
    beforeLoad: only('calendar.manage'),
    component: page(() => import('@/features/sla/calendar-page'), 'NewCalendarPage'),
  }),
  createRoute({
    getParentRoute: () => app,
    path: '/calendars/$calendarId',
    beforeLoad: only('ticket.work'),
    component: page(() => import('@/features/sla/calendar-page'), 'CalendarPage'),
  }),
  createRoute({
    getParentRoute: () => app,
    path: '/jobs',
    beforeLoad: only('job.manage'),
    validateSearch: parseJobsSearch,
    component: page(() => import('@/features/job/jobs-page'), 'JobsPage'),
  }),
  createRoute({
    getParentRoute: () => app,
    path: '/mail',
    beforeLoad: only('desk.configure'),
    validateSearch: parseMailSearch,
    component: page(() => import('@/features/mail/mail-page'), 'MailPage'),
  }),
  createRoute({
    getParentRoute: () => app,
    path: '/mail/$id',
    beforeLoad: only('desk.configure'),
    component: page(() => import('@/features/mail/message-page'), 'MailMessagePage'),
  }),
  createRoute({
    getParentRoute: () => app,
    path: '/webhooks',
    beforeLoad: only('webhook.manage'),
    component: page(() => import('@/features/webhook/webhooks-page'), 'WebhooksPage'),
  }),
  createRoute({
    getParentRoute: () => app,
    path: '/webhooks/$webhookId',
    beforeLoad: only('webhook.manage'),
    validateSearch: parseDeliverySearch,
    component: page(() => import('@/features/webhook/webhook-page'), 'WebhookPage'),
  }),
  createRoute({
    getParentRoute: () => app,
    path: '/desk',
    beforeLoad: only('desk.configure'),
    component: page(() => import('@/features/desk/desk-page'), 'DeskPage'),
  }),
  createRoute({
    getParentRoute: () => app,
    path: '/rules',
    beforeLoad: only('rule.manage'),
    component: page(() => import('@/features/rule/rules-page'), 'RulesPage'),
  }),
  createRoute({
    getParentRoute: () => app,
    path: '/recurring',
    beforeLoad: only('ticket.work'),
    component: page(() => import('@/features/recurring/recurrences-page'), 'RecurrencesPage'),
  }),
  createRoute({
    getParentRoute: () => app,
    path: '/routing',
    beforeLoad: only('routing.manage'),
    component: page(() => import('@/features/routing/routing-page'), 'RoutingPage'),
  }),
  createRoute({
    getParentRoute: () => app,
    path: '/macros',
    beforeLoad: only('ticket.work'),
    component: page(() => import('@/features/macro/macros-page'), 'MacrosPage'),
  }),
  createRoute({
    getParentRoute: () => app,
    path: '/notifications',
    component: page(
      () => import('@/features/notification/notifications-page'),
      'NotificationsPage',
    ),
  }),
  createRoute({
    getParentRoute: () => app,
    path: '/notifications/settings',
    component: page(
      () => import('@/features/notification/settings-page'),
      'NotificationSettingsPage',
    ),
  }),
  createRoute({
    getParentRoute: () => app,
    path: '/profile',
    component: page(() => import('@/features/auth/profile-page'), 'ProfilePage'),
  }),
] as const;

const routeTree = root.addChildren([
  publicPages.addChildren(publicRoutes),
  app.addChildren([...appRoutes, tickets.addChildren(ticketRoutes)]),
]);

/** The URL in plain words: `?status=open,in_progress&page=2`. */
function stringifySearch(search: Record<string, unknown>): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) {
    if (value !== undefined && value !== null && value !== '') params.set(name, String(value));
  }
  const text = params.toString().replaceAll('%2C', ',').replaceAll('%2F', '/');
  return text && `?${text}`;
}

/** The router; tests hand in a history of their own. */
export function makeRouter(history?: RouterHistory) {
  const router = createRouter({
    routeTree,
    history,
    defaultPreload: 'intent',
    defaultPendingMs: 150,
    defaultPendingMinMs: 0,
    scrollRestoration: true,
    notFoundMode: 'root',
    defaultNotFoundComponent: NotFoundPage,
    defaultErrorComponent: RouteError,
    parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
    stringifySearch,
  });
  let first = true;
  router.subscribe('onBeforeNavigate', ({ pathChanged }) => {
    if (pathChanged && !first) expectHeading();
    first = false;
  });
  return router;
}

export type AppRouter = ReturnType<typeof makeRouter>;

declare module '@tanstack/react-router' {
  interface Register {
    router: AppRouter;
  }
}
