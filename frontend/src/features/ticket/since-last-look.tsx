import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { UnstyledButton } from '@mantine/core';
import { memo, useEffect, useRef } from 'react';
import type { TicketDetail } from '@/lib/api';
import { useCan } from '@/lib/can';
import { useMe } from '@/lib/session';
import { Fold } from '@/ui/fold';
import { RelativeTime } from '@/ui/relative-time';
import { useTicketEvents } from './api';
import { type Priority, priorities, type Status, statuses } from './labels';
import { useNotes } from './messages';
import classes from './side-panel.module.css';
import { newsSince } from './whats-new';

/** What others changed and wrote since I looked; nothing when nothing did. */
export const SinceLastLook = memo(function SinceLastLook({
  ticket,
  seenAt,
}: {
  ticket: TicketDetail;
  seenAt: string | null | undefined;
}) {
  const { t, i18n } = useLingui();
  const me = useMe();
  const events = useTicketEvents(ticket.id);
  const notes = useNotes(ticket.id, useCan('note.read'));
  if (!seenAt || !events.data) return null;
  const news = newsSince(seenAt, me.id, events.data, ticket.comments, notes.data ?? []);
  if (!news) return null;
  const status = (x: string) => (statuses[x as Status] ? i18n._(statuses[x as Status].label) : x);
  const priority = (x: string) =>
    priorities[x as Priority] ? i18n._(priorities[x as Priority].label) : x;
  return (
    <Fold
      name="news"
      always
      label={t`Since you last looked`}
      title={
        <Trans>
          Since you last looked, <RelativeTime iso={seenAt} />
        </Trans>
      }
    >
      <ul className={classes.news}>
        {news.status && (
          <li>
            <Trans>
              Status: {status(news.status.from)} → {status(news.status.to)}
            </Trans>
          </li>
        )}
        {news.priority && (
          <li>
            <Trans>
              Priority: {priority(news.priority.from)} → {priority(news.priority.to)}
            </Trans>
          </li>
        )}
        {news.assignee !== undefined && (
          <li>
            <Trans>Assignee: {news.assignee ?? t`nobody`}</Trans>
          </li>
        )}
        {news.title && (
          <li>
            <Trans>New title</Trans>
          </li>
        )}
        {news.description && (
          <li>
            <Trans>New description</Trans>
          </li>
        )}
        {news.replies > 0 && (
          <li>
            <Plural value={news.replies} one="# new message" other="# new messages" />
          </li>
        )}
        {news.notes > 0 && (
          <li>
            <Plural value={news.notes} one="# new internal note" other="# new internal notes" />
          </li>
        )}
        {news.more > 0 && (
          <li>
            <Plural value={news.more} one="# other change" other="# other changes" />
          </li>
        )}
      </ul>
      <UnstyledButton className={classes.all} onClick={() => showFirstNew()}>
        <Trans>Show the first</Trans>
      </UnstyledButton>
    </Fold>
  );
});

/** Brings the mark of what is new into view; false when there is none. */
export function showFirstNew(): boolean {
  const mark = document.querySelector('[data-first-new]');
  mark?.scrollIntoView({ block: 'start' });
  return !!mark;
}

/** What readers do when they are about to look elsewhere. */
const ofReaders = ['wheel', 'touchmove', 'pointerdown', 'keydown'] as const;
/** Milliseconds in which a page is built to its end. */
const building = 3000;

/**
 * Brings the mark of what is new into view once, when the conversation is there,
 * and again while boxes around it are still being built: until the reader moves.
 */
export function useFirstNewInView(ready: boolean): void {
  const begun = useRef(false);
  const stop = useRef<() => void>(undefined);
  useEffect(() => {
    if (!ready || begun.current) return;
    begun.current = true;
    if (!showFirstNew()) return;
    const page = document.querySelector('[data-first-new]')?.closest('article');
    const grown = new ResizeObserver(() => showFirstNew());
    if (page) for (const part of [page, ...page.children]) grown.observe(part);
    const end = () => {
      clearTimeout(timer);
      grown.disconnect();
      for (const name of ofReaders) removeEventListener(name, end, true);
    };
    const timer = setTimeout(end, building);
    for (const name of ofReaders) addEventListener(name, end, { capture: true, passive: true });
    stop.current = end;
  }, [ready]);
  useEffect(() => () => stop.current?.(), []);
}
