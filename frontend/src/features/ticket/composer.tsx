import { Trans, useLingui } from '@lingui/react/macro';
import { IconCornerUpLeft, IconLock } from '@tabler/icons-react';
import { memo, useMemo, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { useAfterPaint } from '@/lib/after-paint';
import type { TicketDetail } from '@/lib/api';
import { useCan } from '@/lib/can';
import { useCommandContext } from '@/lib/commands';
import classes from './composer.module.css';
import type { MessageKind } from './messages';
import { Writer, type WriterHandle } from './writer';

interface ComposerProps {
  ticket: TicketDetail;
}

/** Whether the boxes look the same: a change of status or assignee is nothing to them. */
function alike(a: ComposerProps, b: ComposerProps): boolean {
  const [x, y] = [a.ticket, b.ticket];
  return x.id === y.id && x.can === y.can && x.comments === y.comments;
}

/** Where one answers: to the requester, or, for IT staff, among themselves. */
export const Composer = memo(function Composer({ ticket }: ComposerProps) {
  const { t } = useLingui();
  const notes = useCan('note.write');
  const painted = useAfterPaint();
  const [asked, setAsked] = useState(false);
  const [mode, setMode] = useState<MessageKind>('reply');
  const [filled, setFilled] = useState<Record<MessageKind, boolean>>({ reply: false, note: false });
  const writers = {
    reply: useRef<WriterHandle>(null),
    note: useRef<WriterHandle>(null),
  };
  const { reply, note } = writers;
  const show = useMemo(
    () => (kind: MessageKind, writer: typeof reply) => () => {
      // On the screen and focused at once: the next key belongs into the box.
      flushSync(() => {
        setAsked(true);
        setMode(kind);
      });
      writer.current?.focus();
    },
    [],
  );
  const handlers = useMemo(
    () => ({
      reply: show('reply', reply),
      note: notes ? show('note', note) : undefined,
      focused: () => !!reply.current?.focused() || !!note.current?.focused(),
    }),
    [note, notes, reply, show],
  );
  const here = mode === 'note' ? note : reply;
  const send = useMemo(() => () => here.current?.send(), [here]);
  const sendAndResolve = useMemo(() => () => here.current?.sendAndResolve(), [here]);
  useCommandContext('composer', {
    ...handlers,
    send: filled[mode] ? send : undefined,
    // A note tells the requester nothing, so it has no such button, and no such key.
    sendAndResolve:
      mode === 'reply' && filled.reply && ticket.can.update_status ? sendAndResolve : undefined,
  });
  // The conversation first; whoever wants to write at once does not wait, either.
  const built = painted || asked;
  return (
    <section className={classes.composer} data-mode={mode} data-rest aria-label={t`Answer`}>
      {notes && (
        <div className={classes.modes} role="tablist" aria-label={t`Kind of answer`}>
          <button
            type="button"
            role="tab"
            aria-selected={mode === 'reply'}
            className={classes.mode}
            onClick={handlers.reply}
          >
            <IconCornerUpLeft size={16} aria-hidden />
            <Trans>Reply to requester</Trans>
          </button>
          <button
            type="button"
            role="tab"
            aria-selected={mode === 'note'}
            className={`${classes.mode} ${classes.noteMode}`}
            onClick={handlers.note}
          >
            <IconLock size={16} aria-hidden />
            <Trans>Internal note</Trans>
          </button>
        </div>
      )}
      {!built && <div className={classes.room} />}
      {built && (
        <Writer
          key="reply"
          ref={reply}
          ticket={ticket}
          kind="reply"
          hidden={mode !== 'reply'}
          onFilled={(on) => setFilled((now) => (now.reply === on ? now : { ...now, reply: on }))}
        />
      )}
      {notes && built && (
        <Writer
          key="note"
          ref={note}
          ticket={ticket}
          kind="note"
          hidden={mode !== 'note'}
          onFilled={(on) => setFilled((now) => (now.note === on ? now : { ...now, note: on }))}
        />
      )}
    </section>
  );
}, alike);
