import { lazy, Suspense, useEffect } from 'react';
import { closeOutbox, useOutboxOpened } from '@/lib/offline/state';

const load = () => import('./outbox-dialog');
const OutboxDialog = lazy(() => load().then((m) => ({ default: m.OutboxDialog })));

/** Milliseconds after the start before the dialog is fetched: without a network it is too late. */
const quiet = 2500;

/** Shows what waits to be sent, when somebody asks for it; once, in the shell. */
export function OutboxHost() {
  const opened = useOutboxOpened();
  useEffect(() => {
    const timer = setTimeout(() => void load().catch(() => {}), quiet);
    return () => {
      clearTimeout(timer);
      closeOutbox();
    };
  }, []);
  return (
    <Suspense>
      {opened !== 'no' && <OutboxDialog leaving={opened === 'leaving'} onClose={closeOutbox} />}
    </Suspense>
  );
}
