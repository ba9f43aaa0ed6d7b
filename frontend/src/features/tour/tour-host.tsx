import { Trans, useLingui } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { useRouterState } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useState } from 'react';
import { updateMe } from '@/lib/api';
import { updateSessionUser, useMe } from '@/lib/session';
import { preferences } from '@/lib/storage';
import { closeTour, openTour, useTourOpened } from '@/lib/tour';
import classes from './invitation.module.css';

const Tour = lazy(() => import('./tour').then((m) => ({ default: m.Tour })));

/** Whether one has not been shown around yet, and how to remember that one was. */
function useNewcomer(): [boolean, () => void] {
  const { id, tour_done: done } = useMe();
  // `off` is for programs that take pictures and measure.
  const [wanted, setWanted] = useState(
    () => !['off', String(id)].includes(preferences.get('tour') ?? ''),
  );
  const end = () => {
    closeTour();
    setWanted(false);
    // Also when the server does not hear of it now.
    preferences.set('tour', String(id));
    if (done) return;
    updateMe({ body: { tour_done: true }, throwOnError: true }).then(
      ({ data }) => updateSessionUser(data),
      () => {},
    );
  };
  return [wanted && !done, end];
}

/** Shows around whoever asks for it. */
export function TourHost() {
  const opened = useTourOpened();
  const [, end] = useNewcomer();
  useEffect(() => closeTour, []);
  return <Suspense>{opened && <Tour onEnd={end} />}</Suspense>;
}

/**
 * Offers newcomers on their first page to be shown around. It has its place
 * above the page and takes neither the focus nor the keys: one came to work.
 */
export function TourInvitation() {
  const { t } = useLingui();
  const home = useRouterState({ select: (state) => state.location.pathname === '/' });
  const opened = useTourOpened();
  const [newcomer, end] = useNewcomer();
  if (!newcomer || !home || opened) return null;
  return (
    <section className={classes.invitation} aria-label={t`Welcome to Fixdesk`}>
      <p>
        <strong>
          <Trans>Welcome to Fixdesk</Trans>
        </strong>{' '}
        <Trans>Would you like to look around for a minute?</Trans>
      </p>
      <span>
        <Button size="xs" onClick={openTour}>
          <Trans>Show me around</Trans>
        </Button>
        <Button size="xs" variant="subtle" onClick={end}>
          <Trans>Skip the tour</Trans>
        </Button>
      </span>
    </section>
  );
}
