import { Trans, useLingui } from '@lingui/react/macro';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { findSimilarTicketsOptions } from '@/lib/api/@tanstack/react-query.gen';
import { RelativeTime } from '@/ui/relative-time';
import classes from './alike-tickets.module.css';
import { StatusPill } from './pills';

/** Shorter texts say too little to be compared. */
const enough = 8;
/** Milliseconds without a key before the server is asked. */
const pause = 300;
/** As much of the text as is compared; an address has its limits. */
const compared = 500;

/** What the caller has already reported and is not solved yet, alike to a text being written. */
export function AlikeTickets({ text }: { text: string }) {
  const { t } = useLingui();
  const [asked] = useDebouncedValue([...text.trim()].slice(0, compared).join(''), pause);
  const alike = useQuery({
    ...findSimilarTicketsOptions({ query: { text: asked } }),
    enabled: asked.length >= enough,
    placeholderData: keepPreviousData,
    // A help while typing: without it the form is as good.
    retry: false,
  });
  const found = asked.length >= enough ? (alike.data?.results ?? []) : [];
  return (
    <section aria-live="polite" aria-label={t`Tickets alike`}>
      {found.length > 0 && (
        <div className={classes.box}>
          <p className={classes.title}>
            <Trans>Is it one of these? Then add to it instead.</Trans>
          </p>
          <ul className={classes.list}>
            {found.map((ticket) => (
              <li key={ticket.id}>
                <Link to="/tickets/$ticketId" params={{ ticketId: String(ticket.id) }}>
                  #{ticket.id} <bdi>{ticket.title}</bdi>
                </Link>
                <StatusPill status={ticket.status} />
                <RelativeTime iso={ticket.updated_at} />
              </li>
            ))}
          </ul>
        </div>
      )}
    </section>
  );
}
