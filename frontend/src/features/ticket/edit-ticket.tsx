import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQueryClient } from '@tanstack/react-query';
import { useLayoutEffect, useRef, useState } from 'react';
import { useUploads } from '@/features/attachment';
import type { TicketDetail } from '@/lib/api';
import { getTicketOptions } from '@/lib/api/@tanstack/react-query.gen';
import { focusFirstError, showServerErrors } from '@/lib/forms';
import { isQueued } from '@/lib/offline/door';
import { asApiError, explain } from '@/lib/problem';
import { announce } from '@/lib/status-line';
import { FormError } from '@/ui/form-error';
import { useEditTicket } from './api';
import { EditConflict } from './edit-conflict';
import { DraftStanding, FormDraftConflict, useFormDraft } from './form-draft';
import { changedTexts, mergeTexts, type TextField, type Texts } from './merge-edit';
import { useTextRules } from './new-ticket-page';
import { TextBox } from './text-box';

interface Conflict {
  theirs: TicketDetail;
  fields: TextField[];
}

/**
 * Edits title and description; what somebody else changed meanwhile is merged, or both versions
 * are shown. What is not saved is kept as a draft until it is, or until it is given up.
 */
export function EditTicket({ ticket, onDone }: { ticket: TicketDetail; onDone: () => void }) {
  const { t } = useLingui();
  const client = useQueryClient();
  const edit = useEditTicket();
  // Editing is against the version that was on screen when it began.
  const [base, setBase] = useState(ticket);
  const [conflict, setConflict] = useState<Conflict | null>(null);
  const uploads = useUploads(`${ticket.id}.edit`);
  const done = () => {
    uploads.clear();
    draft.clear();
    onDone();
  };
  const form = useForm<Texts>({
    initialValues: { title: ticket.title, description: ticket.description },
    validate: useTextRules(),
    onValuesChange: (values) => draft.keep(values),
  });
  // Another number shows the description anew.
  const [revision, setRevision] = useState(0);
  const [begin] = useState(() => ({ title: ticket.title, description: ticket.description }));
  const draft = useFormDraft({ ticketId: ticket.id, kind: 'edit', begin }, (texts, keptAt) => {
    form.setValues(texts);
    setRevision((n) => n + 1);
    // What it began from is not known any more: whoever kept it has to choose.
    const differ = Object.keys(changedTexts(ticket, texts)) as TextField[];
    const older = !!keptAt && Date.parse(keptAt) < Date.parse(ticket.updated_at);
    if (older && differ.length > 0) setConflict({ theirs: ticket, fields: differ });
  });

  const save = (since: TicketDetail, values: Texts, merged = false) =>
    edit.mutate(
      { base: since, ...changedTexts(since, values), attachment_ids: uploads.chosen },
      {
        onSuccess: () => {
          announce(merged ? t`Ticket saved, with what somebody else changed` : t`Ticket saved`);
          done();
        },
        onError: async (error) => {
          if (isQueued(error)) {
            announce(explain(error));
            return done();
          }
          if (asApiError(error).status !== 412) return showServerErrors(form, error);
          const options = getTicketOptions({ path: { id: ticket.id } });
          const theirs = await client
            .fetchQuery({ ...options, staleTime: 0 })
            .catch(() => undefined);
          if (!theirs) return;
          const { merged, conflicts } = mergeTexts(since, theirs, values);
          form.setValues(merged);
          setBase(theirs);
          if (conflicts.length === 0) save(theirs, merged, true);
          else setConflict({ theirs, fields: conflicts });
        },
      },
    );
  // Escape leaves what holds no changes; what does is left by its buttons alone.
  const dirty = form.isDirty() || !!uploads.chosen;
  const leave = useRef(() => {});
  leave.current = () => {
    if (!dirty) return done();
    announce(t`There are changes that are not saved. Save them, or cancel.`, 'bad');
  };
  useLayoutEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || event.defaultPrevented) return;
      // A list or a dialog that is open closes first.
      const field = document.activeElement;
      if (field?.closest('[aria-expanded="true"]')) return;
      if (document.querySelector('[role="dialog"],[role="menu"]')) return;
      event.preventDefault();
      leave.current();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
  const submit = form.onSubmit((values) => save(base, values), focusFirstError);
  return (
    <form noValidate onSubmit={submit}>
      <Stack>
        {conflict ? (
          <EditConflict
            fields={conflict.fields}
            theirs={conflict.theirs}
            mine={form.values}
            onTakeTheirs={done}
            onSave={(fromTheirs) => {
              const values = { ...form.values };
              for (const field of fromTheirs) values[field] = conflict.theirs[field];
              save(conflict.theirs, values);
            }}
            busy={edit.isPending}
          />
        ) : (
          !edit.isPending && (
            <FormError
              error={asApiError(edit.error).status === 412 ? null : edit.error}
              shown={['title', 'description']}
            />
          )
        )}
        <FormDraftConflict draft={draft} />
        <TextInput label={t`Title`} required autoFocus {...form.getInputProps('title')} />
        <TextBox
          kind="description"
          label={t`Description`}
          required
          rows={5}
          kept
          uploads={uploads}
          text={form.values.description}
          revision={base.version + revision}
          onChange={(text) => form.setFieldValue('description', text)}
          error={form.errors.description}
        />
        <Group>
          {!conflict && (
            <Button
              type="submit"
              loading={edit.isPending}
              disabled={uploads.busy || (!form.isDirty() && !uploads.chosen)}
            >
              <Trans>Save ticket</Trans>
            </Button>
          )}
          <Button variant="default" onClick={done}>
            <Trans>Cancel</Trans>
          </Button>
          <Text size="xs" c="dimmed">
            <DraftStanding draft={draft} />
          </Text>
        </Group>
      </Stack>
    </form>
  );
}
