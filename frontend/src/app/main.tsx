import './mantine';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { activateLanguage, preferredLanguage } from '@/lib/i18n';
import { makeQueryClient } from '@/lib/query';
import { startSession } from '@/lib/session';
import { App } from './app';
import { followSession, preloadWhenSignedIn } from './follow-session';
import { makeRouter } from './router';

async function start() {
  const root = document.getElementById('root');
  if (!root) throw new Error('index.html has no #root');
  const queryClient = makeQueryClient();
  const router = makeRouter();
  followSession(router, queryClient);
  preloadWhenSignedIn();
  // Both at once; the router waits for the session by itself.
  void startSession();
  await activateLanguage(preferredLanguage());
  // What changes elsewhere is of no use before there is something to see.
  void import('@/lib/offline/start').then(({ startOffline }) => startOffline(queryClient));
  void import('@/lib/live/start').then(({ startLive }) => startLive(queryClient));
  void import('@/lib/notify/start').then(({ startNotify }) => startNotify(queryClient));
  if (import.meta.env.PROD) void import('@/lib/pwa/start').then(({ startPwa }) => startPwa());
  createRoot(root).render(
    <StrictMode>
      <App router={router} queryClient={queryClient} />
    </StrictMode>,
  );
}

void start();
