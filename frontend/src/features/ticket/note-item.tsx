import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Group } from '@mantine/core';
import { IconLock } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { Attached, useUploads } from '@/features/attachment';
import { createNote, deleteNote, type Note, updateNote } from '@/lib/api';
import { ifMatch } from '@/lib/etag';
import { isQueued } from '@/lib/offline/door';
import { asApiError, explain } from '@/lib/problem';
import { useMe } from '@/lib/session';
import { announce } from '@/lib/status-line';
import { offerUndo } from '@/lib/undo';
import { Avatar, personName } from '@/ui/person';
import { RelativeTime } from '@/ui/relative-time';
import { RichText } from '@/ui/rich-text';
import classes from './conversation.module.css';
import { refreshTicket } from './messages';
import { TextBox } from './text-box';
import { TicketLink } from './ticket-link';

const must = { throwOnError: true } as const;

/** An internal note: amber, with a lock, and named as what it is. */
export function NoteItem({ note }: { note: Note }) {
  const { t } = useLingui();
  const client = useQueryClient();
  const [editing, setEditing] = useState(false);
  const author = personName(note.author);
  const own = note.author.id === useMe().id;
  const files = note.attachments.map((one) => one.id);
  const edited = Date.parse(note.updated_at) - Date.parse(note.created_at) > 1000;
  const remove = useMutation({
    mutationFn: () => deleteNote({ path: { id: note.id }, headers: ifMatch(note), ...must }),
    onSuccess: () =>
      offerUndo({
        message: t`Internal note deleted`,
        undo: async () => {
          await createNote({
            path: { id: note.ticket_id },
            // Deleting gave the files back to whoever had sent them.
            body: { content: note.content, attachment_ids: own ? files : undefined },
            ...must,
          });
          refreshTicket(client, note.ticket_id);
        },
      }),
    onError: (error) => announce(explain(error), isQueued(error) ? 'good' : 'bad'),
    onSettled: () => refreshTicket(client, note.ticket_id),
  });
  return (
    <div className={`${classes.message} ${classes.note}`}>
      <Avatar person={note.author} size={28} />
      <div>
        <div className={classes.head}>
          <span className={classes.badge}>
            <IconLock size={14} aria-hidden />
            <Trans>Internal note</Trans>
          </span>
          <span className={classes.author}>{author}</span>
          <RelativeTime iso={note.created_at} className={classes.meta} />
          {note.moved_from && (
            <span className={classes.meta}>
              <Trans>
                moved from <TicketLink id={note.moved_from}>#{note.moved_from}</TicketLink>
              </Trans>
            </span>
          )}
          {edited && (
            <span className={classes.meta}>
              <Trans>
                edited <RelativeTime iso={note.updated_at} />
              </Trans>
            </span>
          )}
          {!editing && (note.can.update || note.can.delete) && (
            <span className={classes.tools}>
              {note.can.update && (
                <Button
                  size="compact-xs"
                  variant="subtle"
                  onClick={() => setEditing(true)}
                  aria-label={t`Edit internal note of ${author}`}
                >
                  <Trans>Edit</Trans>
                </Button>
              )}
              {note.can.delete && (
                <Button
                  size="compact-xs"
                  variant="subtle"
                  loading={remove.isPending}
                  onClick={() => remove.mutate()}
                  aria-label={t`Delete internal note of ${author}`}
                >
                  <Trans>Delete</Trans>
                </Button>
              )}
            </span>
          )}
        </div>
        {editing ? (
          <EditNote note={note} onDone={() => setEditing(false)} />
        ) : (
          <Attached files={note.attachments}>
            <RichText html={note.content_html} />
          </Attached>
        )}
      </div>
    </div>
  );
}

function EditNote({ note, onDone }: { note: Note; onDone: () => void }) {
  const { t } = useLingui();
  const client = useQueryClient();
  const [base] = useState(note);
  const [content, setContent] = useState(note.content);
  const uploads = useUploads(`note.${note.id}`);
  const done = () => {
    uploads.clear();
    onDone();
  };
  const edit = useMutation({
    mutationFn: (against: Note) => {
      const body = { content, attachment_ids: uploads.chosen };
      return updateNote({ path: { id: note.id }, body, headers: ifMatch(against), ...must });
    },
    onSuccess: () => {
      announce(t`Internal note saved`);
      done();
    },
    onError: (error) => {
      if (!isQueued(error)) return;
      announce(explain(error));
      done();
    },
    onSettled: () => refreshTicket(client, note.ticket_id),
  });
  const conflict = !!edit.error && asApiError(edit.error).status === 412;
  return (
    <form
      noValidate
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        if (content.trim() && !uploads.busy) edit.mutate(conflict ? note : base);
      }}
    >
      <TextBox
        kind={`note ${note.id}`}
        label={t`Internal note`}
        hideLabel
        autoFocus
        text={base.content}
        onChange={setContent}
        uploads={uploads}
        error={
          conflict
            ? t`This note was changed in the meantime. Save again to replace it with your text.`
            : edit.error && explain(edit.error)
        }
      />
      <Group gap="xs">
        <Button
          size="xs"
          type="submit"
          loading={edit.isPending}
          disabled={!content.trim() || uploads.busy}
        >
          <Trans>Save internal note</Trans>
        </Button>
        <Button size="xs" variant="default" onClick={done}>
          <Trans>Cancel</Trans>
        </Button>
      </Group>
    </form>
  );
}
