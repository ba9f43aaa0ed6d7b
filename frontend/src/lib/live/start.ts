import type { QueryClient } from '@tanstack/react-query';
import { invalidate } from '@/lib/query';
import { currentSession, subscribeSession } from '@/lib/session';
import { makeRefresher } from './refresh';
import {
  type Change,
  forgetPresence,
  type LiveState,
  onChange,
  publishBulk,
  publishChange,
  publishPresence,
  setLiveState,
} from './store';
import { follow, type StreamEvent } from './stream';

/** What the leading tab passes on to the others. */
type Passed =
  | { type: 'event'; user: number; event: StreamEvent }
  | { type: 'state'; user: number; state: LiveState };

const person = () => {
  const session = currentSession();
  return session.status === 'signed-in' ? session.user.id : null;
};

/**
 * Follows what changes for as long as somebody is signed in. One tab holds the
 * stream, because a browser opens only a few connections to a server; when it is
 * closed the next one goes on behind the last event that was passed on.
 */
export function startLive(client: QueryClient): void {
  const channel = new BroadcastChannel('fixdesk.live');
  let user: number | null = null;
  let lastId: string | null = null;
  let stop: AbortController | undefined;
  onChange(makeRefresher(client));

  const take = (event: StreamEvent) => {
    if (event.id) lastId = event.id;
    try {
      const data = JSON.parse(event.data);
      if (event.name === 'change') publishChange(data as Change);
      else if (event.name === 'presence') publishPresence(data.ticket_id, data.people);
      else if (event.name === 'bulk') publishBulk(data.id);
      else if (event.name === 'view') void invalidate(client, 'listViews', 'listViewCounts');
      else if (event.name === 'notification') {
        void invalidate(client, 'listNotifications', 'countNotifications');
      } else if (event.name === 'reset') void client.invalidateQueries();
    } catch {
      // An event that this version does not understand is for another one.
    }
  };
  channel.addEventListener('message', ({ data }: MessageEvent<Passed>) => {
    if (data.user !== user) return;
    if (data.type === 'event') take(data.event);
    else setLiveState(data.state);
  });

  const lead = (who: number, signal: AbortSignal) => {
    const pass = (message: Passed) => channel.postMessage(message);
    const say = (state: LiveState) => {
      setLiveState(state);
      pass({ type: 'state', user: who, state });
    };
    return follow(
      {
        lastId: () => lastId,
        onEvent: (event) => {
          take(event);
          pass({ type: 'event', user: who, event });
        },
        onOpen: () => {
          forgetPresence();
          say('live');
        },
        onLost: () => say('interrupted'),
      },
      signal,
    );
  };

  const followSession = () => {
    const who = person();
    if (who === user) return;
    stop?.abort();
    user = who;
    lastId = null;
    forgetPresence();
    setLiveState('off');
    if (who === null) return;
    stop = new AbortController();
    const { signal } = stop;
    setLiveState('live');
    // Without HTTPS there are no locks; then each tab has a stream of its own.
    if (!navigator.locks) void lead(who, signal);
    else {
      navigator.locks
        .request(`fixdesk.live.${who}`, { signal }, () => lead(who, signal))
        .catch(() => {}); // aborted: signed out before it was this tab's turn
    }
  };
  followSession();
  subscribeSession(followSession);
}
