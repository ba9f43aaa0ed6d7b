import { Trans, useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { memo } from 'react';
import type { User } from '@/lib/api';
import { listTicketsOptions } from '@/lib/api/@tanstack/react-query.gen';
import { Fold } from '@/ui/fold';
import { personName } from '@/ui/person';
import { StatusPill } from './pills';
import classes from './side-panel.module.css';

/** So many are shown; the rest is a list of its own. */
const most = 5;

/** What else the requester has asked for, as far as the reader may see it. */
export const RequesterTickets = memo(function RequesterTickets({
  requester,
  except,
}: {
  requester: User;
  except: number;
}) {
  const { t } = useLingui();
  const q = `requester:${requester.id}`;
  const tickets = useQuery({
    ...listTicketsOptions({ query: { q, page_size: most + 1 } }),
    staleTime: 60_000,
  });
  const others = (tickets.data?.results ?? []).filter((one) => one.id !== except).slice(0, most);
  const name = personName(requester);
  // Beside the ticket: a failure here is no reason to alarm anybody.
  if (others.length === 0) return null;
  return (
    <Fold
      name="others"
      label={t`Other tickets of ${name}`}
      title={<Trans>Other tickets of {name}</Trans>}
    >
      <ul className={classes.list}>
        {others.map((one) => (
          <li key={one.id}>
            <Link
              to="/tickets/$ticketId"
              params={{ ticketId: String(one.id) }}
              search={(now: Record<string, unknown>) => now}
              className={classes.link}
            >
              <span className={classes.id}>#{one.id}</span>
              <bdi className={classes.title} title={one.title}>
                {one.title}
              </bdi>
            </Link>
            <StatusPill status={one.status} />
          </li>
        ))}
      </ul>
      <Link to="/tickets" search={{ q }} className={classes.all}>
        <Trans>All tickets of {name}</Trans>
      </Link>
    </Fold>
  );
});
