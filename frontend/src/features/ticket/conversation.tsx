import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { Fragment, memo, Suspense, useMemo, useState } from 'react';
import { Attached } from '@/features/attachment';
import type { Attachment, TicketDetail, User } from '@/lib/api';
import { useCan } from '@/lib/can';
import { asApiError, explain } from '@/lib/problem';
import { useMe } from '@/lib/session';
import { Avatar, personName } from '@/ui/person';
import { RelativeTime } from '@/ui/relative-time';
import { RichText } from '@/ui/rich-text';
import { useTicketEvents } from './api';
import { CommentItem, MailLine, useMailShown } from './comment-item';
import classes from './conversation.module.css';
import { EventLine } from './event-line';
import { useNotes } from './messages';
import { NoteItem } from './note-item';
import { useFirstNewInView } from './since-last-look';
import { type Block, type Entry, firstUnseen, foldTimeline, mergeTimeline } from './timeline';

/** Description, comments and what happened, in reading order. */
export const Conversation = memo(function Conversation({
  ticket,
  hideDescription,
  seenAt,
}: {
  ticket: TicketDetail;
  hideDescription: boolean;
  /** When I looked before this visit; undefined until it is known. */
  seenAt: string | null | undefined;
}) {
  const { t } = useLingui();
  const events = useTicketEvents(ticket.id);
  const me = useMe();
  const notes = useNotes(ticket.id, useCan('note.read'));
  const entries = useMemo(
    () => mergeTimeline(ticket.comments, events.data ?? [], notes.data),
    [ticket.comments, events.data, notes.data],
  );
  const blocks = useMemo(() => foldTimeline(entries), [entries]);
  const unseen = useMemo(
    () => firstUnseen(entries, seenAt ?? null, me.id),
    [entries, seenAt, me.id],
  );
  // Once, with what was there when the ticket was opened: later news move nothing.
  useFirstNewInView(events.isSuccess && !notes.isLoading && seenAt !== undefined);
  return (
    <section aria-label={t`Conversation`}>
      {!hideDescription && (
        <Description
          author={ticket.created_by}
          at={ticket.created_at}
          html={ticket.description_html}
          files={ticket.attachments}
          ticketId={ticket.id}
        />
      )}
      {!!notes.error && asApiError(notes.error).status !== 404 && (
        <p className={classes.event} role="alert">
          <span>
            <Trans>The internal notes did not load.</Trans> {explain(notes.error)}
          </span>
          <Button size="compact-xs" variant="default" onClick={() => void notes.refetch()}>
            <Trans>Try again</Trans>
          </Button>
        </p>
      )}
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
        {blocks.map((block) => (
          <Fragment key={block.kind === 'fold' ? block.key : block.entry.key}>
            {unseen !== null && holds(block, unseen) && (
              <li className={classes.new} data-first-new>
                <Trans>New since you last looked</Trans>
              </li>
            )}
            {block.kind === 'fold' ? (
              <Fold entries={block.entries} ticketId={ticket.id} />
            ) : (
              <li className={classes.item}>
                <EntryLine entry={block.entry} ticketId={ticket.id} />
              </li>
            )}
          </Fragment>
        ))}
      </ol>
    </section>
  );
});

function holds(block: Block, key: string): boolean {
  return block.kind === 'fold'
    ? block.entries.some((entry) => entry.key === key)
    : block.entry.key === key;
}

interface DescriptionProps {
  ticketId: number;
  author: User;
  at: string;
  html: string;
  files: Attachment[];
}

const Description = memo(function Description(props: DescriptionProps) {
  const { ticketId, author, at, html, files } = props;
  const mail = useMailShown();
  return (
    <div className={classes.description}>
      <div className={classes.head}>
        <Avatar person={author} size={24} />
        <span className={classes.author}>{personName(author)}</span>
        <RelativeTime iso={at} className={classes.meta} />
      </div>
      <Attached files={files}>
        <RichText html={html} />
      </Attached>
      {mail && (
        <Suspense>
          <MailLine ticketId={ticketId} commentId={null} />
        </Suspense>
      )}
    </div>
  );
});

/** One entry; it renders again only when the entry itself changes. */
const EntryLine = memo(function EntryLine(props: { entry: Entry; ticketId: number }) {
  const { entry, ticketId } = props;
  switch (entry.kind) {
    case 'comment':
      return <CommentItem comment={entry.comment} ticketId={ticketId} />;
    case 'event':
      return <EventLine event={entry.event} />;
    case 'internal':
      return <NoteItem note={entry.note} />;
    case 'line':
      return (
        <p className={classes.event}>
          <span>
            {personName(entry.comment.author)}: {entry.comment.content}
          </span>
          <RelativeTime iso={entry.at} />
        </p>
      );
  }
});

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
