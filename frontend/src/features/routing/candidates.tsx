import { Trans, useLingui } from '@lingui/react/macro';
import type { RoutingVerdict } from '@/lib/api';
import { personName } from '@/ui/person';
import classes from './routing.module.css';
import { reasonWords } from './words';

/** What became of each member of the team, the chosen one first. */
export function Candidates({ list, chosen }: { list: RoutingVerdict[]; chosen?: number }) {
  const { i18n } = useLingui();
  if (list.length === 0) {
    return (
      <p>
        <Trans>The team has no members.</Trans>
      </p>
    );
  }
  return (
    <ul className={classes.lines}>
      {list.map((one) => {
        const name = personName(one.user);
        const why = i18n._(reasonWords[one.reason]);
        const lacks = one.lacks.join(', ');
        const open = one.open_tickets;
        const { capacity } = one;
        return (
          <li key={one.user.id} data-chosen={one.user.id === chosen || undefined}>
            {one.reason === 'lacks_skill' && lacks ? (
              <Trans>
                {name}: lacks {lacks} ({open} of {capacity} open tickets)
              </Trans>
            ) : (
              <Trans>
                {name}: {why} ({open} of {capacity} open tickets)
              </Trans>
            )}
          </li>
        );
      })}
    </ul>
  );
}
