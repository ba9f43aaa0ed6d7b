import { Plural, Trans } from '@lingui/react/macro';
import { UnstyledButton } from '@mantine/core';
import { IconAlertTriangle, IconCloudOff, IconCloudUp } from '@tabler/icons-react';
import { isShown, openOutbox, useOutbox } from '@/lib/offline/state';
import { useOnline } from '@/lib/online';
import classes from './outbox.module.css';

/** Offline, what waits and what was refused: the calm word about it, and the way to the list. */
export function OutboxStatus({ otherwise }: { otherwise: React.ReactNode }) {
  const online = useOnline();
  const { entries, sending } = useOutbox();
  const shown = entries.filter(isShown);
  const refused = shown.filter(({ refusal }) => refusal).length;
  const waiting = shown.length - refused;
  if (refused > 0) {
    return (
      <Line bad>
        <IconAlertTriangle size={16} aria-hidden />
        <Plural
          value={refused}
          one="# change was not accepted"
          other="# changes were not accepted"
        />
      </Line>
    );
  }
  if (waiting > 0) {
    return (
      <Line>
        <IconCloudUp size={16} aria-hidden />
        {!online ? (
          <Plural
            value={waiting}
            one="Offline: # change waits to be sent"
            other="Offline: # changes wait to be sent"
          />
        ) : sending ? (
          <Plural value={waiting} one="Sending # change …" other="Sending # changes …" />
        ) : (
          <Plural
            value={waiting}
            one="# change waits to be sent"
            other="# changes wait to be sent"
          />
        )}
      </Line>
    );
  }
  if (!online) {
    return (
      <span className={classes.line}>
        <IconCloudOff size={16} aria-hidden />
        <Trans>Offline: this may be out of date</Trans>
      </span>
    );
  }
  return otherwise;
}

function Line({ bad, children }: { bad?: boolean; children: React.ReactNode }) {
  return (
    <UnstyledButton
      className={`${classes.line} ${classes.link} ${bad ? classes.bad : ''}`}
      onClick={() => openOutbox()}
    >
      {children}
    </UnstyledButton>
  );
}
