import { Trans, useLingui } from '@lingui/react/macro';
import { ActionIcon, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { IconCloudOff, IconMoon, IconSun } from '@tabler/icons-react';
import { type Mutation, useIsFetching, useIsMutating, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useState } from 'react';
import { Bell } from '@/features/notification';
import { OutboxStatus } from '@/features/outbox';
import { useCan } from '@/lib/can';
import { useLiveState } from '@/lib/live/store';
import { useNotice } from '@/lib/status-line';
import classes from './shell.module.css';
import { TopSearch } from './top-search';
import { UpdateButton } from './update-button';

const AvailabilitySwitch = lazy(() =>
  import('@/features/routing/availability-switch').then((m) => ({
    default: m.AvailabilitySwitch,
  })),
);

/** The name of the house, search, the status line and the colour switch. */
export function TopBar() {
  const works = useCan('ticket.work');
  return (
    <header className={classes.header}>
      <Link to="/" className={classes.brand}>
        <img src="/favicon.svg" width={24} height={24} alt="" />
        <span className={classes.label}>Fixdesk</span>
      </Link>
      <div className={classes.top}>
        <TopSearch />
        <StatusLine />
        <UpdateButton />
        {works && (
          <Suspense>
            <AvailabilitySwitch />
          </Suspense>
        )}
        <Bell />
        <ColorSwitch />
      </div>
    </header>
  );
}

/** The one calm spot: offline, what waits, saving, or what was just done. */
function StatusLine() {
  const saving = useIsMutating({ predicate: saves }) > 0;
  const loading = useIsFetching() > 0;
  const notice = useNotice();
  const saved = useJustSaved();
  const interrupted = useLiveState() === 'interrupted';
  return (
    <div className={classes.status} role="status">
      {notice?.tone === 'bad' ? (
        <span key={notice.id} className={classes.bad}>
          {notice.text}
        </span>
      ) : (
        <OutboxStatus
          otherwise={
            notice ? (
              <span key={notice.id}>{notice.text}</span>
            ) : saving ? (
              <span className="fd-late">
                <Trans>Saving…</Trans>
              </span>
            ) : interrupted ? (
              <span className={`${classes.offline} fd-patient`}>
                <IconCloudOff size={16} aria-hidden />
                <Trans>Changes do not arrive by themselves right now</Trans>
              </span>
            ) : saved ? (
              <Trans>Saved</Trans>
            ) : (
              loading && (
                <span className="fd-late" aria-hidden>
                  <Trans>Loading…</Trans>
                </span>
              )
            )
          }
        />
      )}
    </div>
  );
}

/** Whether it keeps something: trials and previews leave all as it is. */
const saves = ({ meta }: Pick<Mutation, 'meta'>) => !meta?.trial;

/** Milliseconds for which the status line says that all is saved. */
const savedFor = 2500;

/** True for a moment after the server has confirmed a write. */
function useJustSaved(): boolean {
  const cache = useQueryClient().getMutationCache();
  const [saved, setSaved] = useState(0);
  useEffect(
    () =>
      cache.subscribe((event) => {
        if (event.type !== 'updated' || !saves(event.mutation)) return;
        if (event.action.type === 'success') setSaved((count) => count + 1);
        if (event.action.type === 'error') setSaved(0);
      }),
    [cache],
  );
  useEffect(() => {
    if (saved === 0) return;
    const timer = setTimeout(() => setSaved(0), savedFor);
    return () => clearTimeout(timer);
  }, [saved]);
  return saved > 0;
}

function ColorSwitch() {
  const { t } = useLingui();
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme('light');
  const dark = scheme === 'dark';
  const label = dark ? t`Use light colours` : t`Use dark colours`;
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size="lg"
      aria-label={label}
      title={label}
      onClick={() => setColorScheme(dark ? 'light' : 'dark')}
    >
      {dark ? <IconSun size={18} /> : <IconMoon size={18} />}
    </ActionIcon>
  );
}
