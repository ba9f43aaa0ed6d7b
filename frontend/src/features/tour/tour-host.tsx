import { lazy, Suspense, useEffect } from 'react';
import { updateMe } from '@/lib/api';
import { updateSessionUser, useMe } from '@/lib/session';
import { preferences } from '@/lib/storage';
import { closeTour, openTour, useTourOpened } from '@/lib/tour';

const Tour = lazy(() => import('./tour').then((m) => ({ default: m.Tour })));

/** Milliseconds after the first page: one looks around before one is shown around. */
const quiet = 1500;

/** Shows the tour once to each person, and whenever they ask for it; once, in the shell. */
export function TourHost() {
  const { id, tour_done: done } = useMe();
  const opened = useTourOpened();
  // `off` is for programs that take pictures and measure.
  const wanted = !done && !['off', String(id)].includes(preferences.get('tour') ?? '');
  useEffect(() => {
    if (!wanted) return;
    const timer = setTimeout(openTour, quiet);
    return () => clearTimeout(timer);
  }, [wanted]);
  useEffect(() => closeTour, []);
  const end = () => {
    closeTour();
    // Also when the server does not hear of it now.
    preferences.set('tour', String(id));
    if (done) return;
    updateMe({ body: { tour_done: true }, throwOnError: true }).then(
      ({ data }) => updateSessionUser(data),
      () => {},
    );
  };
  return <Suspense>{opened && <Tour onEnd={end} />}</Suspense>;
}
