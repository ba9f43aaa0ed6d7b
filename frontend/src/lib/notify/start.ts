import { i18n } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import type { QueryClient } from '@tanstack/react-query';
import { getTicketOptions } from '@/lib/api/@tanstack/react-query.gen';
import { contexts } from '@/lib/commands';
import { type Change, onChange } from '@/lib/live/store';
import { currentSession } from '@/lib/session';
import { isPushed } from './push';
import { notifyState } from './setting';

/** Held by each tab that somebody can see; then nobody needs a notification. */
const seen = 'fixdesk.visible';
/** Milliseconds for which the tab that tells keeps the others from telling the same. */
const together = 5000;

/** Tells of what concerns one while no tab of the app is on the screen. */
export function startNotify(client: QueryClient): void {
  holdWhileVisible();
  onChange((change) => {
    const session = currentSession();
    if (session.status !== 'signed-in' || !change.for_me) return;
    if (change.actor_id === session.user.id || notifyState() !== 'on') return;
    if (document.visibilityState === 'visible') return;
    void tell(client, change).catch(() => {});
  });
}

function holdWhileVisible(): void {
  let release: (() => void) | undefined;
  const follow = () => {
    if (document.visibilityState === 'hidden') release?.();
    else if (!release) {
      void navigator.locks?.request(seen, { mode: 'shared' }, () => {
        return new Promise<void>((done) => {
          release = () => {
            release = undefined;
            done();
          };
        });
      });
    }
  };
  document.addEventListener('visibilitychange', follow);
  follow();
}

async function tell(client: QueryClient, change: Change): Promise<void> {
  const name = `fixdesk.notify.${change.id}`;
  await navigator.locks.request(name, { ifAvailable: true }, async (lock) => {
    if (!lock) return; // Another tab tells it.
    const { held } = await navigator.locks.query();
    if (held?.some((one) => one.name === seen)) return;
    if (await isPushed()) return; // It comes that way.
    // Asked through the API: whoever may not see it any more is told nothing.
    const options = { ...getTicketOptions({ path: { id: change.ticket_id } }), staleTime: 0 };
    const ticket = await client.fetchQuery(options);
    await show(titleOf(change), `#${ticket.id} ${ticket.title}`, change);
    await new Promise((done) => setTimeout(done, together));
  });
}

function titleOf({ for_me }: Change): string {
  if (for_me === 'assigned') return i18n._(msg`A ticket was assigned to you`);
  if (for_me === 'mention') return i18n._(msg`You were mentioned`);
  return i18n._(msg`There is a new answer`);
}

async function show(title: string, body: string, change: Change): Promise<void> {
  const path = `/tickets/${change.ticket_id}`;
  const options = {
    body,
    lang: i18n.locale,
    // The same event again, from whatever tab, takes the place of the first.
    tag: `fixdesk-${change.id}`,
    icon: '/icons/icon-192.png',
    data: { path },
  };
  try {
    const notification = new Notification(title, options);
    notification.onclick = () => {
      notification.close();
      window.focus();
      const params = { ticketId: String(change.ticket_id) };
      contexts().global?.go({ to: '/tickets/$ticketId', params });
    };
  } catch {
    // Phones show them through the service worker only; public/notification-click.js opens the ticket.
    const worker = await navigator.serviceWorker?.getRegistration();
    await worker?.showNotification(title, options);
  }
}
