import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Textarea } from '@mantine/core';
import { type FormEvent, useRef, useState } from 'react';
import { useCommandContext } from '@/lib/commands';
import { useIdempotencyKey } from '@/lib/idempotency';
import { explain, fieldErrors } from '@/lib/problem';
import { announce } from '@/lib/status-line';
import { useAddComment } from './api';
import classes from './composer.module.css';

const box = () => document.querySelector<HTMLElement>('[data-composer]');
const reply = () => box()?.focus();
const focused = () => document.activeElement === box();

/** The box to write a comment in; what could not be sent stays in it. */
export function Composer({ ticketId }: { ticketId: number }) {
  const { t } = useLingui();
  const [content, setContent] = useState('');
  const add = useAddComment(ticketId);
  const key = useIdempotencyKey();

  const blank = !content.trim();
  const send = (event?: FormEvent) => {
    event?.preventDefault();
    if (blank || add.isPending) return;
    add.mutate(
      { content, headers: key.headers({ content }) },
      {
        onSuccess: () => {
          key.done();
          setContent('');
          announce(t`Comment sent`);
        },
      },
    );
  };
  const latest = useRef(send);
  latest.current = send;
  const [sendNow] = useState(() => () => latest.current());
  useCommandContext('composer', { reply, focused, send: blank ? undefined : sendNow });
  return (
    <form className={classes.composer} onSubmit={send} noValidate>
      <Textarea
        data-composer
        label={t`Comment`}
        placeholder={t`Write a comment`}
        autosize
        minRows={2}
        maxRows={10}
        value={content}
        onChange={(event) => setContent(event.currentTarget.value)}
        error={add.error && (fieldErrors(add.error).content ?? explain(add.error))}
      />
      <div className={classes.foot}>
        <Button type="submit" loading={add.isPending} disabled={blank}>
          <Trans>Send comment</Trans>
        </Button>
        <span className={classes.hint}>
          <Trans>Ctrl + Enter sends</Trans>
        </span>
      </div>
    </form>
  );
}
