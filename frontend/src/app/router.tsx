import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  type RouterHistory,
  redirect,
} from '@tanstack/react-router';
import { parseJobsSearch } from '@/features/job/search-params';
import { parseQueueSearch } from '@/features/ticket/search-params';
import { parseUsersSearch } from '@/features/user/search-params';
import { expectHeading, safeReturnPath } from '@/lib/navigation';
import { currentSession, startSession } from '@/lib/session';
import { NotFoundPage, RouteError } from './fallbacks';
import { Shell } from './shell';

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
    component: lazyRouteComponent(() => import('@/features/auth/sign-in-page'), 'SignInPage'),
  }),
  createRoute({
    getParentRoute: () => publicPages,
    path: '/register',
    component: lazyRouteComponent(() => import('@/features/auth/register-page'), 'RegisterPage'),
  }),
  createRoute({
    getParentRoute: () => publicPages,
    path: '/verify-email',
    validateSearch: withToken,
    component: lazyRouteComponent(
      () => import('@/features/auth/verify-email-page'),
      'VerifyEmailPage',
    ),
  }),
  createRoute({
    getParentRoute: () => publicPages,
    path: '/forgot-password',
    component: lazyRouteComponent(
      () => import('@/features/auth/forgot-password-page'),
      'ForgotPasswordPage',
    ),
  }),
  createRoute({
    getParentRoute: () => publicPages,
    path: '/reset-password',
    validateSearch: withToken,
    component: lazyRouteComponent(
      () => import('@/features/auth/reset-password-page'),
      'ResetPasswordPage',
    ),
  }),
] as const;

// Pages that need one.
const app = createRoute({
  getParentRoute: () => root,
  id: 'app',
  component: Shell,
  beforeLoad: async ({ location }) => {
    await startSession();
    if (currentSession().status !== 'signed-out') return;
    const next = location.href === '/' ? {} : { next: location.href };
    throw redirect({ to: '/sign-in', search: next, replace: true });
  },
});
const appRoutes = [
  createRoute({
    getParentRoute: () => app,
    path: '/',
    component: lazyRouteComponent(
      () => import('@/features/dashboard/dashboard-page'),
      'DashboardPage',
    ),
  }),
  createRoute({
    getParentRoute: () => app,
    path: '/tickets',
    validateSearch: parseQueueSearch,
    component: lazyRouteComponent(() => import('@/features/ticket/queue-page'), 'QueuePage'),
  }),
  createRoute({
    getParentRoute: () => app,
    path: '/tickets/new',
    component: lazyRouteComponent(
      () => import('@/features/ticket/new-ticket-page'),
      'NewTicketPage',
    ),
  }),
  createRoute({
    getParentRoute: () => app,
    path: '/tickets/$ticketId',
    component: lazyRouteComponent(() => import('@/features/ticket/ticket-page'), 'TicketPage'),
  }),
  createRoute({
    getParentRoute: () => app,
    path: '/users',
    validateSearch: parseUsersSearch,
    component: lazyRouteComponent(() => import('@/features/user/users-page'), 'UsersPage'),
  }),
  createRoute({
    getParentRoute: () => app,
    path: '/users/new',
    component: lazyRouteComponent(() => import('@/features/user/new-user-page'), 'NewUserPage'),
  }),
  createRoute({
    getParentRoute: () => app,
    path: '/users/$userId',
    component: lazyRouteComponent(() => import('@/features/user/user-page'), 'UserPage'),
  }),
  createRoute({
    getParentRoute: () => app,
    path: '/jobs',
    validateSearch: parseJobsSearch,
    component: lazyRouteComponent(() => import('@/features/job/jobs-page'), 'JobsPage'),
  }),
  createRoute({
    getParentRoute: () => app,
    path: '/profile',
    component: lazyRouteComponent(() => import('@/features/auth/profile-page'), 'ProfilePage'),
  }),
] as const;

const routeTree = root.addChildren([
  publicPages.addChildren(publicRoutes),
  app.addChildren(appRoutes),
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
