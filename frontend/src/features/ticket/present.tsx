import { Trans, useLingui } from '@lingui/react/macro';
import { VisuallyHidden } from '@mantine/core';
import { IconEye, IconPencil } from '@tabler/icons-react';
import { usePresence } from '@/lib/live/store';
import { useMe } from '@/lib/session';
import { personName } from '@/ui/person';
import classes from './present.module.css';

/** Who else has the ticket open; somebody who is away does not count. */
export function useOthers(ticketId: number) {
  const me = useMe();
  const present = usePresence(ticketId);
  return present.filter((one) => one.user.id !== me.id && one.state !== 'away');
}

/** Who else looks at the ticket, and who is writing. */
export function Present({ ticketId }: { ticketId: number }) {
  const others = useOthers(ticketId);
  return (
    <span role="status" className={classes.present}>
      {others.map(({ user, state }) => {
        const name = personName(user);
        return (
          <span
            key={user.id}
            className={classes.person}
            data-typing={state === 'typing' || undefined}
          >
            {state === 'typing' ? (
              <IconPencil size={14} aria-hidden />
            ) : (
              <IconEye size={14} aria-hidden />
            )}
            {state === 'typing' ? (
              <Trans>{name} is typing</Trans>
            ) : (
              <Trans>{name} is looking</Trans>
            )}
          </span>
        );
      })}
    </span>
  );
}

/** In a row of a list: somebody is on it. */
export function PresentBadge({ ticketId }: { ticketId: number }) {
  const { t } = useLingui();
  const others = useOthers(ticketId);
  const first = others.find((one) => one.state === 'typing') ?? others[0];
  if (!first) return null;
  const names = others.map(({ user }) => personName(user)).join(', ');
  const label = t`Open at: ${names}`;
  return (
    <span
      className={classes.badge}
      data-typing={first.state === 'typing' || undefined}
      title={label}
    >
      {first.state === 'typing' ? <IconPencil size={14} /> : <IconEye size={14} />}
      <VisuallyHidden>{label}</VisuallyHidden>
    </span>
  );
}
