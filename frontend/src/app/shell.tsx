import { Trans, useLingui } from '@lingui/react/macro';
import { Outlet, useNavigate } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { ApiError } from '@/lib/problem';
import { startSession, useSession } from '@/lib/session';
import { useShortcut } from '@/lib/shortcuts';
import { preferences } from '@/lib/storage';
import { ErrorState } from '@/ui/states';
import { BottomBar } from './bottom-bar';
import { Rail } from './rail';
import classes from './shell.module.css';
import { TopBar } from './top-bar';

const Shortcuts = lazy(() => import('./shortcut-help').then((m) => ({ default: m.ShortcutHelp })));

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
  const navigate = useNavigate();
  const [narrow, setNarrow] = useState(() => preferences.get('rail') === 'narrow');
  const [help, setHelp] = useState(false);
  useShortcut('c', () => void navigate({ to: '/tickets/new' }));
  useShortcut('?', () => setHelp(true));
  const toggle = () => {
    preferences.set('rail', narrow ? null : 'narrow');
    setNarrow(!narrow);
  };
  return (
    <div className={classes.shell} data-narrow={narrow || undefined}>
      <a href="#main" className={classes.skip}>
        <Trans>Skip to content</Trans>
      </a>
      <TopBar />
      <Rail narrow={narrow} onToggle={toggle} />
      <main id="main" tabIndex={-1} className={classes.main} aria-label={t`Content`}>
        <Outlet />
      </main>
      <BottomBar />
      {help && (
        <Suspense>
          <Shortcuts onClose={() => setHelp(false)} />
        </Suspense>
      )}
    </div>
  );
}
