import { Trans, useLingui } from '@lingui/react/macro';
import { Alert, Button, Group, Stack, Textarea, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { TicketDetail } from '@/lib/api';
import { getTicketOptions } from '@/lib/api/@tanstack/react-query.gen';
import { focusFirstError, showServerErrors } from '@/lib/forms';
import { isQueued } from '@/lib/offline/door';
import { asApiError, explain } from '@/lib/problem';
import { announce } from '@/lib/status-line';
import { FormError } from '@/ui/form-error';
import { PlainText } from '@/ui/plain-text';
import { useEditTicket } from './api';
import classes from './edit-ticket.module.css';
import { useTextRules } from './new-ticket-page';

/** Edits title and description; when somebody else was faster, both versions are shown. */
export function EditTicket({ ticket, onDone }: { ticket: TicketDetail; onDone: () => void }) {
  const { t } = useLingui();
  const client = useQueryClient();
  const edit = useEditTicket();
  // Editing is against the version that was on screen when it began.
  const [base] = useState(ticket);
  const [theirs, setTheirs] = useState<TicketDetail | null>(null);
  const form = useForm({
    initialValues: { title: ticket.title, description: ticket.description },
    validate: useTextRules(),
  });

  const save = (against: TicketDetail) =>
    edit.mutate(
      { base: against, ...form.values },
      {
        onSuccess: () => {
          announce(t`Ticket saved`);
          onDone();
        },
        onError: async (error) => {
          if (isQueued(error)) {
            announce(explain(error));
            return onDone();
          }
          if (asApiError(error).status !== 412) return showServerErrors(form, error);
          const options = getTicketOptions({ path: { id: ticket.id } });
          setTheirs(await client.fetchQuery({ ...options, staleTime: 0 }).catch(() => null));
        },
      },
    );
  const submit = form.onSubmit(() => save(theirs ?? base), focusFirstError);
  return (
    <form noValidate onSubmit={submit}>
      <Stack>
        {theirs ? (
          <Conflict
            theirs={theirs}
            mine={form.values}
            onTakeTheirs={onDone}
            onKeepMine={() => save(theirs)}
            busy={edit.isPending}
          />
        ) : (
          <FormError error={edit.error} shown={['title', 'description']} />
        )}
        <TextInput label={t`Title`} required autoFocus {...form.getInputProps('title')} />
        <Textarea
          label={t`Description`}
          required
          autosize
          minRows={5}
          maxRows={24}
          {...form.getInputProps('description')}
        />
        <Group>
          {!theirs && (
            <Button type="submit" loading={edit.isPending} disabled={!form.isDirty()}>
              <Trans>Save ticket</Trans>
            </Button>
          )}
          <Button variant="default" onClick={onDone}>
            <Trans>Cancel</Trans>
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

interface Texts {
  title: string;
  description: string;
}

function Conflict(props: {
  theirs: Texts;
  mine: Texts;
  busy: boolean;
  onTakeTheirs: () => void;
  onKeepMine: () => void;
}) {
  const { theirs, mine, busy, onTakeTheirs, onKeepMine } = props;
  const { t } = useLingui();
  return (
    <Alert
      color="orange"
      role="alert"
      title={t`Somebody changed this ticket while you were editing`}
    >
      <Stack gap="sm">
        <div className={classes.versions}>
          <Version heading={t`The version on the server`} texts={theirs} />
          <Version heading={t`Your version`} texts={mine} />
        </div>
        <Group gap="xs">
          <Button size="xs" onClick={onKeepMine} loading={busy}>
            <Trans>Save my version</Trans>
          </Button>
          <Button size="xs" variant="default" onClick={onTakeTheirs}>
            <Trans>Keep the version on the server</Trans>
          </Button>
        </Group>
      </Stack>
    </Alert>
  );
}

function Version({ heading, texts }: { heading: string; texts: Texts }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard has to reach it
    <section className={classes.version} tabIndex={0} aria-label={heading}>
      <h3>{heading}</h3>
      <p>{texts.title}</p>
      <PlainText text={texts.description} />
    </section>
  );
}
