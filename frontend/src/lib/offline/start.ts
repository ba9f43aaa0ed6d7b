import { onlineManager, type QueryClient } from '@tanstack/react-query';
import { onStreamReturn } from '../live/store';
import { currentSession, subscribeSession } from '../session';
import { keepAnswers } from './answers';
import { forgetConfirmed, watchConfirmed } from './confirmed';
import { forgetOthers, forgetReading, rememberPerson } from './database';
import { setKeeper } from './door';
import { discardAll, drain, isBusy, keep, onSettled, reload } from './outbox';
import { forgetUnsaved } from './unsaved';

/** At most this long the pages wait for the queue before they ask the server again. */
const patience = 4000;

/** Keeps what is read and sends what is written without a network, from now on. */
export function startOffline(client: QueryClient): void {
  keepAnswers(client);
  watchConfirmed(client);
  setKeeper({ busy: isBusy, keep });

  // First what was written goes out, then the pages ask what there is: nothing jumps back.
  onlineManager.setEventListener((setOnline) => {
    const up = () => {
      const waited = new Promise((done) => setTimeout(done, patience));
      void Promise.race([drain(), waited]).then(() => setOnline(navigator.onLine));
    };
    const down = () => setOnline(false);
    addEventListener('online', up);
    addEventListener('offline', down);
    return () => {
      removeEventListener('online', up);
      removeEventListener('offline', down);
    };
  });
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') void drain();
  });
  // The server was away while the browser had a network.
  onStreamReturn(() => void drain());
  // Everything that a write touches; lists, counters, the ticket and what hangs on it.
  onSettled(() => void client.invalidateQueries());

  let user: number | null = null;
  const follow = () => {
    const session = currentSession();
    if (session.status === 'signed-in') {
      void rememberPerson(session.user).catch(() => {});
      if (session.user.id === user) return;
      user = session.user.id;
      void forgetOthers(user).catch(() => {});
      void reload().then(drain);
    } else if (session.status === 'signed-out') {
      const gone = user;
      user = null;
      forgetConfirmed();
      void forgetReading().catch(() => {});
      if (session.deliberate && gone !== null) {
        forgetUnsaved(gone);
        void discardAll(gone).catch(() => {});
      }
      void reload();
    }
  };
  follow();
  subscribeSession(follow);
}
