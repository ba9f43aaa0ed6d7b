import { Trans, useLingui } from '@lingui/react/macro';
import { IconEye, IconMoon, IconPencil } from '@tabler/icons-react';
import { useMemo } from 'react';
import { type PresentPerson, usePresence } from '@/lib/live/store';
import { useMe } from '@/lib/session';
import { Hidden } from '@/ui/hidden';
import { personName } from '@/ui/person';
import classes from './present.module.css';

const order = { typing: 0, viewing: 1, away: 2 };
const icons = { typing: IconPencil, viewing: IconEye, away: IconMoon };

/** Who else has the ticket open; those who write come first, those who are away last. */
export function useOthers(ticketId: number) {
  const me = useMe();
  const present = usePresence(ticketId);
  return useMemo(
    () =>
      present
        .filter((one) => one.user.id !== me.id)
        .sort((a, b) => order[a.state] - order[b.state]),
    [me.id, present],
  );
}

/** Who else looks at the ticket, and who is writing. */
export function Present({ ticketId }: { ticketId: number }) {
  const others = useOthers(ticketId);
  return (
    <span role="status" className={classes.present}>
      {others.map(({ user, state }) => {
        const name = personName(user);
        const Icon = icons[state];
        return (
          <span key={user.id} className={classes.person} data-state={state}>
            <Icon size={14} aria-hidden />
            <Sentence name={name} state={state} />
          </span>
        );
      })}
    </span>
  );
}

function Sentence({ name, state }: { name: string; state: PresentPerson['state'] }) {
  if (state === 'typing') return <Trans>{name} is typing</Trans>;
  if (state === 'away') return <Trans>{name} is away</Trans>;
  return <Trans>{name} is looking</Trans>;
}

/** In a row of a list: somebody is on it. */
export function PresentBadge({ ticketId }: { ticketId: number }) {
  const { t } = useLingui();
  const others = useOthers(ticketId);
  const first = others[0];
  if (!first) return null;
  const names = others.map(({ user }) => personName(user)).join(', ');
  const writers = others
    .filter(({ state }) => state === 'typing')
    .map(({ user }) => personName(user))
    .join(', ');
  const label =
    first.state === 'typing'
      ? t`Typing: ${writers}`
      : first.state === 'away'
        ? t`Open, but away: ${names}`
        : t`Open at: ${names}`;
  const Icon = icons[first.state];
  return (
    <span className={classes.badge} data-state={first.state} title={label}>
      <Icon size={14} />
      <Hidden>{label}</Hidden>
    </span>
  );
}
