import { Trans, useLingui } from '@lingui/react/macro';
import { ActionIcon, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { IconCloudOff, IconMoon, IconSun } from '@tabler/icons-react';
import { useIsFetching, useIsMutating } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useLiveState } from '@/lib/live/store';
import { useOnline } from '@/lib/online';
import { useNotice } from '@/lib/status-line';
import classes from './shell.module.css';
import { TopSearch } from './top-search';

/** The name of the house, search, the status line and the colour switch. */
export function TopBar() {
  return (
    <header className={classes.header}>
      <Link to="/" className={classes.brand}>
        <img src="/favicon.svg" width={24} height={24} alt="" />
        <span className={classes.label}>Fixdesk</span>
      </Link>
      <div className={classes.top}>
        <TopSearch />
        <StatusLine />
        <ColorSwitch />
      </div>
    </header>
  );
}

/** The one calm spot: offline, saving, or what was just done. */
function StatusLine() {
  const online = useOnline();
  const saving = useIsMutating() > 0;
  const loading = useIsFetching() > 0;
  const notice = useNotice();
  const interrupted = useLiveState() === 'interrupted';
  return (
    <div className={classes.status} role="status">
      {!online ? (
        <span className={classes.offline}>
          <IconCloudOff size={16} aria-hidden />
          <Trans>Offline: this may be out of date</Trans>
        </span>
      ) : notice ? (
        <span key={notice.id} className={notice.tone === 'bad' ? classes.bad : undefined}>
          {notice.text}
        </span>
      ) : saving ? (
        <span className="fd-late">
          <Trans>Saving…</Trans>
        </span>
      ) : interrupted ? (
        <span className={`${classes.offline} fd-patient`}>
          <IconCloudOff size={16} aria-hidden />
          <Trans>Changes do not arrive by themselves right now</Trans>
        </span>
      ) : (
        loading && (
          <span className="fd-late" aria-hidden>
            <Trans>Loading…</Trans>
          </span>
        )
      )}
    </div>
  );
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
