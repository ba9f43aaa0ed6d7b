import { Trans, useLingui } from '@lingui/react/macro';
import { Outlet } from '@tanstack/react-router';
import { useState } from 'react';
import { CommandHost } from '@/features/command';
import { OutboxHost } from '@/features/outbox';
import { TourHost, TourInvitation } from '@/features/tour';
import { ApiError } from '@/lib/problem';
import { startSession, useSession } from '@/lib/session';
import { preferences } from '@/lib/storage';
import { PaneBorder, usePaneWidth } from '@/ui/pane-border';
import { ErrorState } from '@/ui/states';
import { BottomBar } from './bottom-bar';
import { Rail } from './rail';
import classes from './shell.module.css';
import { TopBar } from './top-bar';

/** What stands around every page of a signed-in person. */
export function Shell() {
  const session = useSession();
  if (session.status === 'unreachable') {
    return (
      <main>
        <ErrorState whole error={new ApiError(0)} onRetry={() => void startSession()} />
      </main>
    );
  }
  if (session.status !== 'signed-in') return null;
  return <Frame />;
}

function Frame() {
  const { t } = useLingui();
  const [narrow, setNarrow] = useState(() => preferences.get('rail') === 'narrow');
  const toggle = () => {
    preferences.set('rail', narrow ? null : 'narrow');
    setNarrow(!narrow);
  };
  const rail = usePaneWidth({ name: 'rail', min: 180, max: 360, initial: 220 });
  return (
    <div
      className={classes.shell}
      data-narrow={narrow || undefined}
      style={{ '--fd-rail-width': narrow ? '60px' : `${rail.width}px` } as React.CSSProperties}
    >
      <a href="#main" className={classes.skip}>
        <Trans>Skip to content</Trans>
      </a>
      <TopBar />
      <Rail narrow={narrow} onToggle={toggle}>
        {!narrow && (
          <PaneBorder pane={rail} label={t`Width of the menu`} className={classes.edge} />
        )}
      </Rail>
      <main id="main" tabIndex={-1} className={classes.main} aria-label={t`Content`}>
        <TourInvitation />
        <Outlet />
      </main>
      <BottomBar />
      <CommandHost />
      <OutboxHost />
      <TourHost />
    </div>
  );
}
