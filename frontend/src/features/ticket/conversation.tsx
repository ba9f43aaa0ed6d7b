import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { useMemo, useState } from 'react';
import type { TicketDetail } from '@/lib/api';
import { asApiError, explain } from '@/lib/problem';
import { Avatar, personName } from '@/ui/person';
import { PlainText } from '@/ui/plain-text';
import { RelativeTime } from '@/ui/relative-time';
import { useTicketEvents } from './api';
import { CommentItem } from './comment-item';
import classes from './conversation.module.css';
import { EventLine } from './event-line';
import { type Entry, foldTimeline, mergeTimeline } from './timeline';

/** Description, comments and what happened, in reading order. */
export function Conversation({
  ticket,
  hideDescription,
}: {
  ticket: TicketDetail;
  hideDescription: boolean;
}) {
  const { t } = useLingui();
  const events = useTicketEvents(ticket.id);
  const blocks = useMemo(
    () => foldTimeline(mergeTimeline(ticket.comments, events.data ?? [])),
    [ticket.comments, events.data],
  );
  return (
    <section aria-label={t`Conversation`}>
      {!hideDescription && <Description ticket={ticket} />}
      {!!events.error && asApiError(events.error).status !== 404 && (
        <p className={classes.event} role="alert">
          <span>
            <Trans>The history did not load.</Trans> {explain(events.error)}
          </span>
          <Button size="compact-xs" variant="default" onClick={() => void events.refetch()}>
            <Trans>Try again</Trans>
          </Button>
        </p>
      )}
      <ol className={classes.list}>
        {blocks.map((block) =>
          block.kind === 'fold' ? (
            <Fold key={block.key} entries={block.entries} ticketId={ticket.id} />
          ) : (
            <li key={block.entry.key} className={classes.item}>
              <EntryLine entry={block.entry} ticketId={ticket.id} />
            </li>
          ),
        )}
      </ol>
    </section>
  );
}

function Description({ ticket }: { ticket: TicketDetail }) {
  const { created_by: author } = ticket;
  return (
    <div className={classes.description}>
      <div className={classes.head}>
        <Avatar person={author} size={24} />
        <span className={classes.author}>{personName(author)}</span>
        <RelativeTime iso={ticket.created_at} className={classes.meta} />
      </div>
      <PlainText text={ticket.description} />
    </div>
  );
}

function EntryLine({ entry, ticketId }: { entry: Entry; ticketId: number }) {
  switch (entry.kind) {
    case 'comment':
      return <CommentItem comment={entry.comment} ticketId={ticketId} />;
    case 'event':
      return <EventLine event={entry.event} />;
    case 'note':
      return (
        <p className={classes.event}>
          <span>
            {personName(entry.comment.author)}: {entry.comment.content}
          </span>
          <RelativeTime iso={entry.at} />
        </p>
      );
  }
}

function Fold({ entries, ticketId }: { entries: Entry[]; ticketId: number }) {
  const [open, setOpen] = useState(false);
  const count = entries.length;
  return (
    <>
      <li className={classes.fold}>
        <Button
          size="compact-xs"
          variant="subtle"
          aria-expanded={open}
          onClick={() => setOpen(!open)}
        >
          <Plural value={count} one="# change" other="# changes" />
        </Button>
      </li>
      {open &&
        entries.map((entry) => (
          <li key={entry.key}>
            <EntryLine entry={entry} ticketId={ticketId} />
          </li>
        ))}
    </>
  );
}
