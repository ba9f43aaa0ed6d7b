import type { QueryClient } from '@tanstack/react-query';
import { followProfile } from '@/lib/i18n';
import { currentSession, subscribeSession } from '@/lib/session';
import { type AppRouter, preloadPages } from './router';

const person = () => {
  const session = currentSession();
  return session.status === 'signed-in' ? session.user : null;
};

/**
 * Keeps the pages true to the session: nothing of one person is ever shown to
 * the next, and whose session ends is led to sign-in and back again. Returns
 * how to stop.
 */
export function followSession(router: AppRouter, queries: QueryClient): () => void {
  let last = person();
  markCalm();
  return subscribeSession(() => {
    markCalm();
    const session = currentSession();
    const now = person();
    if (now && now.id !== last?.id) void followProfile(now.language);
    if (last && (now?.id !== last.id || now?.role !== last.role)) queries.clear();
    last = now;
    if (session.status !== 'signed-out') return;
    const here = router.state.location;
    if (router.state.matches.every((match) => match.routeId !== '/app')) return;
    void router.navigate({
      to: '/sign-in',
      search: session.deliberate || here.href === '/' ? {} : { next: here.href },
      replace: true,
    });
  });
}

/** Milliseconds after sign-in before the code of the other pages is fetched. */
const quiet = 3000;
let preloading = false;

/** Fetches the rest of the app once somebody is signed in and the first page is there. */
export function preloadWhenSignedIn(): void {
  const start = () => {
    if (preloading || !person()) return;
    preloading = true;
    setTimeout(() => void preloadPages(), quiet);
  };
  start();
  subscribeSession(start);
}

/** Everybody but those who work the queue all day gets the larger text. */
function markCalm(): void {
  const works = person()?.permissions?.includes('ticket.queue') ?? false;
  document.documentElement.toggleAttribute('data-calm', !works);
}
