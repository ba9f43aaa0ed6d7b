import { plural } from '@lingui/core/macro';
import { Trans, useLingui } from '@lingui/react/macro';
import { Button, CloseButton, Progress } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { memo } from 'react';
import type { TicketDetail, TicketLink } from '@/lib/api';
import { listTicketLinksOptions } from '@/lib/api/@tanstack/react-query.gen';
import { CommandButton, type Contexts } from '@/lib/commands';
import { explain } from '@/lib/problem';
import { announce } from '@/lib/status-line';
import { Fold } from '@/ui/fold';
import { runMany } from '../actions/bulk-runs';
import { StatusPill } from '../pills';
import { TicketLink as LinkTo } from '../ticket-link';
import classes from './depth.module.css';
import { linkHeadings, linkKinds } from './link-kinds';
import { unlink, unmerge } from './links';

const done = ({ ticket }: TicketLink) => ticket.status === 'resolved' || ticket.status === 'closed';

/** What a ticket belongs to, how far its parts are, and how that is changed. */
export const LinksPanel = memo(function LinksPanel({
  ticket,
  on,
}: {
  ticket: TicketDetail;
  on: Contexts;
}) {
  const { t, i18n } = useLingui();
  const client = useQueryClient();
  const { id } = ticket;
  const query = useQuery(listTicketLinksOptions({ path: { id } }));
  const part = useMutation({
    mutationFn: (source: number) => unmerge(client, source),
    onError: (error) => announce(explain(error), 'bad'),
  });
  const all = query.data?.results ?? [];
  const open = all.filter((one) => one.kind === 'parent_of' && !done(one));
  const count = open.length;
  const progress = ticket.children;
  if (query.error && !query.data) return null;
  return (
    <Fold name="links" label={t`Linked tickets`} title={<Trans>Linked tickets</Trans>}>
      <div className={classes.box}>
        {([...linkKinds, 'merged_in'] as const).map((kind) => {
          const rows = all.filter((one) => one.kind === kind);
          if (rows.length === 0) return null;
          return (
            <section key={kind} aria-label={i18n._(linkHeadings[kind])}>
              <h3>
                {i18n._(linkHeadings[kind])}
                {kind === 'parent_of' && progress && (
                  <>
                    {': '}
                    <Trans>
                      {progress.done} of {progress.total} done
                    </Trans>
                  </>
                )}
              </h3>
              {kind === 'parent_of' && progress && (
                <Progress
                  size="sm"
                  value={(100 * progress.done) / progress.total}
                  aria-label={t`Parts that are done`}
                  transitionDuration={0}
                />
              )}
              <ul>
                {rows.map((one) => (
                  <li
                    key={`${kind}${one.ticket.id}`}
                    className={classes.line}
                    data-done={(kind !== 'merged_in' && done(one)) || undefined}
                  >
                    {kind === 'merged_in' ? (
                      <span className={classes.grow}>
                        #{one.ticket.id} <bdi>{one.ticket.title}</bdi>
                      </span>
                    ) : (
                      <LinkTo id={one.ticket.id} title={one.ticket.title}>
                        #{one.ticket.id} <bdi>{one.ticket.title}</bdi>
                      </LinkTo>
                    )}
                    {kind === 'merged_in' ? (
                      <Button
                        size="compact-xs"
                        variant="default"
                        disabled={part.isPending}
                        aria-label={t`Take ticket #${one.ticket.id} out again`}
                        onClick={() => part.mutate(one.ticket.id)}
                      >
                        <Trans>Take out</Trans>
                      </Button>
                    ) : (
                      <>
                        <StatusPill status={one.ticket.status} />
                        <CloseButton
                          size="xs"
                          aria-label={t`Remove the link to #${one.ticket.id}`}
                          onClick={() => void unlink(client, id, one)}
                        />
                      </>
                    )}
                  </li>
                ))}
              </ul>
            </section>
          );
        })}
        <div className={classes.buttons}>
          {count > 0 && (
            <Button
              size="compact-sm"
              variant="default"
              onClick={() =>
                void runMany(
                  client,
                  { ids: open.map((one) => one.ticket.id) },
                  { type: 'update_status', status: 'resolved' },
                )
              }
            >
              {t`Resolve ${plural(count, { one: 'the open part', other: 'the # open parts' })}`}
            </Button>
          )}
          <CommandButton id="ticket.link" on={on} size="compact-sm" />
          <CommandButton id="ticket.merge" on={on} size="compact-sm" />
          <CommandButton id="ticket.split" on={on} size="compact-sm" />
        </div>
      </div>
    </Fold>
  );
});
