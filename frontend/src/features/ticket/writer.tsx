import { Trans, useLingui } from '@lingui/react/macro';
import { Alert, Button, Group } from '@mantine/core';
import { IconLock } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useEffect, useImperativeHandle, useMemo, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { namesOf, UploadTray, useUploads } from '@/features/attachment';
import { WritingBox, type WritingBoxHandle } from '@/features/editor';
import type { Message, TicketDetail } from '@/lib/api';
import { useIdempotencyKey } from '@/lib/idempotency';
import { tellSent, tellTyping } from '@/lib/live/presence';
import { isQueued } from '@/lib/offline/door';
import { asApiError } from '@/lib/problem';
import { personName } from '@/ui/person';
import { PlainText } from '@/ui/plain-text';
import { refusalText } from './actions/refusal';
import classes from './composer.module.css';
import { type DraftState, useDraft } from './drafts';
import { HeldMessage } from './held-message';
import type { Status } from './labels';
import { useMentionOptions } from './mention-options';
import {
  type MessageKind,
  refreshTicket,
  takeBack,
  useHeldMessages,
  useSendMessage,
} from './messages';
import { useOthers } from './present';
import { snippetsFor } from './snippet-options';

export interface WriterHandle {
  focus: () => void;
  focused: () => boolean;
  send: () => void;
  sendAndResolve: () => void;
}

interface WriterProps {
  ticket: TicketDetail;
  kind: MessageKind;
  hidden: boolean;
  /** Whether there is something to send. */
  onFilled: (filled: boolean) => void;
  ref: React.Ref<WriterHandle>;
}

/**
 * The box for one kind of message. A reply and a note are two of these, each
 * with its own text, draft and look: neither can become the other.
 */
export function Writer({ ticket, kind, hidden, onFilled, ref }: WriterProps) {
  const { t } = useLingui();
  const client = useQueryClient();
  const draft = useDraft(ticket.id, kind);
  const uploads = useUploads(`${ticket.id}.${kind}`);
  const held = useHeldMessages(ticket.id);
  const key = useIdempotencyKey();
  const box = useRef<WritingBoxHandle>(null);
  const others = useOthers(ticket.id);
  // Another ticket is another hook; the same one is the same.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  const useSnippets = useMemo(() => snippetsFor(ticket, kind), [kind, ticket.id]);
  // Who was writing when this was to be sent, and how it was to be sent.
  const [typing, setTyping] = useState<{ names: string; status?: Status } | null>(null);
  const [refused, setRefused] = useState<string | null>(null);
  const intended = useRef<Status | undefined>(undefined);
  const note = kind === 'note';
  const works = ticket.can.update_status;

  const giveBack = (message: Message) => {
    // Beside what was written since, never over it.
    const since = draft.read().trim();
    draft.replace(since ? `${message.content}\n\n${since}` : message.content);
    void uploads.restore(message.attachment_ids);
    box.current?.focus();
  };
  const sending = useSendMessage(ticket.id, giveBack);
  const { type } = draft;
  const some = uploads.ids.length > 0;
  const filled = (draft.filled || some) && !uploads.busy;
  const answered = !!sending.error && asApiError(sending.error).code === 'ticket.answered';

  const send = (status?: Status, anyway?: 'typing' | 'answered') => {
    const text = draft.read();
    if ((!text.trim() && !some) || uploads.busy || sending.isPending) return;
    const content = text.trim() ? text : namesOf(uploads.done);
    const writers = others.filter((one) => one.state === 'typing');
    if (!note && !anyway && works && writers.length > 0) {
      setTyping({ names: writers.map(({ user }) => personName(user)).join(', '), status });
      return;
    }
    setTyping(null);
    intended.current = status;
    const last = ticket.comments.filter((one) => !one.is_system_message).at(-1)?.id ?? 0;
    const body = {
      kind,
      content,
      status,
      attachment_ids: some ? uploads.ids : undefined,
      lastCommentId: note || anyway === 'answered' ? undefined : last,
    };
    setRefused(null);
    const sent = () => {
      if (works) tellSent();
      key.done();
      draft.clear();
      uploads.clear();
    };
    sending.mutate(
      { ...body, headers: key.headers(body) },
      {
        onSuccess: sent,
        onError: (error) => {
          if (isQueued(error)) {
            sending.reset();
            sent();
          } else if (asApiError(error).code === 'ticket.answered') refreshTicket(client, ticket.id);
          else {
            // What the ticket lacks to be resolved is named as its fields are.
            void refusalText(client, error).then(setRefused);
          }
        },
      },
    );
  };

  useImperativeHandle(ref, () => ({
    focus: () => box.current?.focus(),
    focused: () => box.current?.focused() ?? false,
    send: () => send(),
    sendAndResolve: () => send('resolved'),
  }));

  const told = useRef(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the callback is another one each time
  useEffect(() => {
    told.current = filled;
    onFilled(filled);
  }, [filled]);
  const written = (content: string) => {
    const now = (content.trim() !== '' || some) && !uploads.busy;
    if (works) tellTyping();
    if (now === told.current) return type(content);
    told.current = now;
    // At once: the next key may be the one that sends.
    flushSync(() => {
      type(content);
      onFilled(now);
    });
  };

  const label = note ? t`Internal note` : works ? t`Reply` : t`Comment`;
  return (
    <>
      {held
        .filter((one) => one.kind === kind)
        .map((one) => (
          <HeldMessage
            key={one.id}
            message={one}
            onUnsend={async () => {
              await takeBack(client, one);
              giveBack(one);
            }}
            onSent={() => box.current?.focus()}
          />
        ))}
      <form
        hidden={hidden}
        noValidate
        className={note ? classes.note : classes.reply}
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          send();
        }}
      >
        {draft.state.is === 'conflict' && <Conflict state={draft.state} choose={draft.choose} />}
        {typing && (
          <Alert color="orange" role="alert" title={t`Somebody else is writing`}>
            <p className={classes.warning}>
              <Trans>{typing.names} is typing in this ticket right now. Send yours anyway?</Trans>
            </p>
            <Group gap="xs">
              <Button size="xs" onClick={() => send(typing.status, 'typing')}>
                <Trans>Send anyway</Trans>
              </Button>
              <Button
                size="xs"
                variant="default"
                onClick={() => {
                  setTyping(null);
                  box.current?.focus();
                }}
              >
                <Trans>Wait</Trans>
              </Button>
            </Group>
          </Alert>
        )}
        {answered && (
          <Alert color="orange" role="alert" title={t`Somebody answered meanwhile`}>
            <p className={classes.warning}>
              <Trans>Their answer is in the conversation now. Does yours still fit?</Trans>
            </p>
            <Group gap="xs">
              <Button size="xs" onClick={() => send(intended.current, 'answered')}>
                <Trans>Send anyway</Trans>
              </Button>
              <Button
                size="xs"
                variant="default"
                onClick={() => {
                  sending.reset();
                  box.current?.focus();
                }}
              >
                <Trans>Keep editing</Trans>
              </Button>
            </Group>
          </Alert>
        )}
        <WritingBox
          ref={box}
          kept
          kind={kind}
          label={label}
          hideLabel={works}
          icon={note ? <IconLock size={14} aria-hidden /> : undefined}
          labelClass={classes.label}
          placeholder={
            note
              ? t`Only IT staff see this. @name calls a colleague.`
              : works
                ? t`Write to the requester`
                : t`Write a comment`
          }
          text={draft.content}
          revision={draft.revision}
          onChange={written}
          error={refused}
          onFiles={async (files) =>
            // Pictures stand where they were dropped; other files only go along.
            namesOf((await uploads.add(files)).filter((one) => one.preview === 'image'))
          }
          useMentions={works ? useMentionOptions : undefined}
          useSnippets={works ? useSnippets : undefined}
        />
        <UploadTray uploads={uploads} />
        <div className={classes.foot}>
          <Button
            type="submit"
            loading={sending.isPending}
            disabled={!filled}
            color={note ? 'yellow' : undefined}
            leftSection={note ? <IconLock size={16} /> : undefined}
          >
            {note ? (
              <Trans>Add internal note</Trans>
            ) : works ? (
              <Trans>Send reply</Trans>
            ) : (
              <Trans>Send comment</Trans>
            )}
          </Button>
          {works && !note && (
            <Button
              className={classes.resolve}
              variant="default"
              disabled={!filled || sending.isPending}
              onClick={() => send('resolved')}
            >
              <Trans>Send and resolve</Trans>
            </Button>
          )}
          <span className={classes.hint}>
            <Trans>Ctrl + Enter sends</Trans>
          </span>
          <span className={classes.hint} role="status">
            <Standing state={draft.state} />
          </span>
        </div>
      </form>
    </>
  );
}

function Standing({ state }: { state: DraftState }) {
  switch (state.is) {
    case 'saving':
      return <Trans>Saving the draft …</Trans>;
    case 'saved':
      return <Trans>Draft saved</Trans>;
    case 'failed':
      return <Trans>Draft not saved yet</Trans>;
    default:
      return null;
  }
}

function Conflict({
  state,
  choose,
}: {
  state: DraftState & { is: 'conflict' };
  choose: (which: 'mine' | 'theirs') => void;
}) {
  const { t } = useLingui();
  return (
    <Alert color="orange" role="alert" title={t`Another device has changed this draft`}>
      <div className={classes.theirs}>
        <PlainText text={state.theirs.content} />
      </div>
      <Group gap="xs">
        <Button size="xs" onClick={() => choose('mine')}>
          <Trans>Keep the text in the box</Trans>
        </Button>
        <Button size="xs" variant="default" onClick={() => choose('theirs')}>
          <Trans>Take the other one</Trans>
        </Button>
      </Group>
    </Alert>
  );
}
