import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Group, Stack } from '@mantine/core';
import { type FormEvent, lazy, Suspense, useState } from 'react';
import { Attached, useUploads } from '@/features/attachment';
import { useAfterPaint } from '@/lib/after-paint';
import type { Comment } from '@/lib/api';
import { useCan } from '@/lib/can';
import { isQueued } from '@/lib/offline/door';
import { asApiError, explain, fieldErrors } from '@/lib/problem';
import { announce } from '@/lib/status-line';
import { ConfirmDialog } from '@/ui/confirm-dialog';
import { Avatar, personName } from '@/ui/person';
import { RelativeTime } from '@/ui/relative-time';
import { RichText } from '@/ui/rich-text';
import { useDeleteComment, useEditComment } from './api';
import classes from './conversation.module.css';
import { TextBox } from './text-box';
import { TicketLink } from './ticket-link';

export const MailLine = lazy(() =>
  import('./mail/mail-line').then((m) => ({ default: m.MailLine })),
);

/** Whether what is known of mail is shown: to the staff, once the text itself is on the screen. */
export function useMailShown(): boolean {
  const painted = useAfterPaint();
  const staff = useCan('note.read');
  return painted && staff;
}

/** What somebody wrote, with editing and deleting for those who may. */
export function CommentItem({ comment, ticketId }: { comment: Comment; ticketId: number }) {
  const { t } = useLingui();
  const [editing, setEditing] = useState(false);
  const [deleting, setDeleting] = useState(false);
  const mail = useMailShown();
  const remove = useDeleteComment(ticketId);
  const author = personName(comment.author);
  const edited = Date.parse(comment.updated_at) - Date.parse(comment.created_at) > 1000;
  return (
    <div className={classes.message}>
      <Avatar person={comment.author} size={28} />
      <div>
        <div className={classes.head}>
          <span className={classes.author}>{author}</span>
          <RelativeTime iso={comment.created_at} className={classes.meta} />
          {comment.moved && (
            <span className={classes.meta}>
              {comment.moved_from ? (
                <Trans>
                  moved from <TicketLink id={comment.moved_from}>#{comment.moved_from}</TicketLink>
                </Trans>
              ) : (
                <Trans>moved from another ticket</Trans>
              )}
            </span>
          )}
          {edited && (
            <span className={classes.meta}>
              <Trans>
                edited <RelativeTime iso={comment.updated_at} />
              </Trans>
            </span>
          )}
          {!editing && (comment.can.update || comment.can.delete) && (
            <span className={classes.tools}>
              {comment.can.update && (
                <Button
                  size="compact-xs"
                  variant="subtle"
                  onClick={() => setEditing(true)}
                  aria-label={t`Edit comment of ${author}`}
                >
                  <Trans>Edit</Trans>
                </Button>
              )}
              {comment.can.delete && (
                <Button
                  size="compact-xs"
                  variant="subtle"
                  onClick={() => setDeleting(true)}
                  aria-label={t`Delete comment of ${author}`}
                >
                  <Trans>Delete</Trans>
                </Button>
              )}
            </span>
          )}
        </div>
        {editing ? (
          <EditComment comment={comment} ticketId={ticketId} onDone={() => setEditing(false)} />
        ) : (
          <Attached files={comment.attachments}>
            <RichText html={comment.content_html} />
          </Attached>
        )}
        {mail && (
          <Suspense>
            <MailLine ticketId={ticketId} commentId={comment.id} />
          </Suspense>
        )}
      </div>
      {deleting && (
        <ConfirmDialog
          title={t`Delete this comment?`}
          confirm={t`Delete comment`}
          busy={remove.isPending}
          error={remove.error}
          onClose={() => setDeleting(false)}
          onConfirm={() =>
            remove.mutate(comment, {
              onSuccess: () => {
                setDeleting(false);
                announce(t`Comment deleted`);
              },
              onError: (error) => {
                if (!isQueued(error)) return;
                setDeleting(false);
                announce(explain(error));
              },
            })
          }
        >
          <Trans>This cannot be undone.</Trans>
        </ConfirmDialog>
      )}
    </div>
  );
}

function EditComment({
  comment,
  ticketId,
  onDone,
}: {
  comment: Comment;
  ticketId: number;
  onDone: () => void;
}) {
  const { t } = useLingui();
  // The version that was on screen when editing began; a newer one is a conflict.
  const [base] = useState(comment);
  const [content, setContent] = useState(comment.content);
  const edit = useEditComment(ticketId);
  const uploads = useUploads(`comment.${comment.id}`);
  const done = () => {
    uploads.clear();
    onDone();
  };
  const conflict = !!edit.error && asApiError(edit.error).status === 412;
  const save = (event?: FormEvent) => {
    event?.preventDefault();
    if (!content.trim() || uploads.busy) return;
    edit.mutate(
      { comment: conflict ? comment : base, content, attachment_ids: uploads.chosen },
      {
        onSuccess: () => {
          announce(t`Comment saved`);
          done();
        },
        onError: (error) => {
          if (!isQueued(error)) return;
          announce(explain(error));
          done();
        },
      },
    );
  };
  const problem = conflict
    ? t`This comment was changed in the meantime. Save again to replace it with your text.`
    : edit.error && (fieldErrors(edit.error).content ?? explain(edit.error));
  return (
    <form noValidate onSubmit={save}>
      <Stack gap="xs">
        <TextBox
          kind={`comment ${comment.id}`}
          label={t`Comment`}
          hideLabel
          autoFocus
          text={base.content}
          onChange={setContent}
          error={problem}
          uploads={uploads}
        />
        <Group gap="xs">
          <Button
            size="xs"
            type="submit"
            loading={edit.isPending}
            disabled={!content.trim() || uploads.busy}
          >
            <Trans>Save comment</Trans>
          </Button>
          <Button size="xs" variant="default" onClick={done}>
            <Trans>Cancel</Trans>
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
