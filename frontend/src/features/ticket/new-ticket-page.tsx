import { Trans, useLingui } from '@lingui/react/macro';

import {
  Button,
  Checkbox,
  Group,
  NativeSelect,
  SegmentedControl,
  Select,
  Stack,
  Text,
  TextInput,
} from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { lazy, Suspense, useId, useState } from 'react';
import { useUploads } from '@/features/attachment';
import { useTeams } from '@/features/team';
import { PersonSelect } from '@/features/user';
import type { Template, User } from '@/lib/api';
import { useCan } from '@/lib/can';

import { focusFirstError, showServerErrors } from '@/lib/forms';
import { useIdempotencyKey } from '@/lib/idempotency';
import { isQueued } from '@/lib/offline/door';
import { explain } from '@/lib/problem';
import { invalidate } from '@/lib/query';
import { announce } from '@/lib/status-line';
import { FormError } from '@/ui/form-error';
import { LinkButton } from '@/ui/link-button';
import { Page } from '@/ui/page';
import { AlikeTickets } from './alike-tickets';
import { useCreateTicket } from './api';
import type { Facets } from './facets-form';
import { forWhomAsked } from './for-whom';
import { DraftStanding, FormDraftConflict, useFormDraft } from './form-draft';
import {
  type Channel,
  channelKeys,
  channels,
  type Priority,
  priorities,
  priorityKeys,
} from './labels';
import { TextBox } from './text-box';

const FacetsForm = lazy(() => import('./facets-form').then((m) => ({ default: m.FacetsForm })));

const Templates = lazy(() => import('./depth/templates').then((m) => ({ default: m.Templates })));

/** The longest title the server takes, in code points. */
export const titleLimit = 200;

/** The rules of the two texts of a ticket; the server has the last word. */
export function useTextRules() {
  const { t } = useLingui();
  return {
    title: (value: string) => {
      if (!value.trim()) return t`Say in a few words what is wrong.`;
      return [...value].length > titleLimit ? t`Use at most ${titleLimit} characters.` : null;
    },
    description: (value: string) => (value.trim() ? null : t`Describe what happened.`),
  };
}

const nothing = { title: '', description: '' };

/**
 * Begins with one field: the rest appears as soon as there is something to say.
 * Whoever adds nothing has said all in the title.
 */
export function NewTicketPage() {
  const { t, i18n } = useLingui();
  const navigate = useNavigate();
  const client = useQueryClient();
  const create = useCreateTicket();
  const uploads = useUploads('new');
  const key = useIdempotencyKey();
  const priorityLabel = useId();
  const rules = useTextRules();
  const works = useCan('ticket.work');
  const [requester, setRequester] = useState<User | null>(null);
  const [forWhom] = useState(forWhomAsked);
  const [channel, setChannel] = useState<Channel>(forWhom ? 'phone' : 'web');
  const [team, setTeam] = useState<string | null>(null);
  const [facets, setFacets] = useState<Facets>({ category: null, fields: {} });
  const [template, setTemplate] = useState<Template | null>(null);
  const teams = useTeams(works);
  const form = useForm<{
    title: string;
    description: string;
    priority: Priority;
    confidential: boolean;
  }>({
    initialValues: { title: '', description: '', priority: 'medium', confidential: false },
    validate: { title: rules.title },
    onValuesChange: (values) => draft.keep(values),
  });
  // Another number shows the description anew.
  const [revision, setRevision] = useState(0);
  const draft = useFormDraft({ ticketId: null, kind: 'ticket', begin: nothing }, (texts) => {
    form.setValues(texts);
    setRevision((n) => n + 1);
  });
  const submit = form.onSubmit((values) => {
    const body = {
      ...values,
      // Unless one says how urgent it is, the category does.
      priority: form.isDirty('priority') ? values.priority : undefined,
      ...(facets.category !== null && { category: facets.category }),
      ...(Object.keys(facets.fields).length > 0 && { fields: facets.fields }),
      description: values.description.trim() ? values.description : values.title,
      attachment_ids: uploads.ids.length > 0 ? uploads.ids : undefined,
      ...(requester && { requester_id: requester.id }),
      ...(works && (forWhom || requester) && { channel }),
      ...(team && { team_id: Number(team) }),
      ...(template && { template_id: template.id }),
    };
    create.mutate(
      { body, headers: key.headers(body) },
      {
        onSuccess: (ticket) => {
          uploads.clear();
          draft.clear();
          announce(t`Ticket #${ticket.id} created`);
          void navigate({ to: '/tickets/$ticketId', params: { ticketId: String(ticket.id) } });
        },
        onError: (error) => {
          // What is asked may have changed since the form was read.
          void invalidate(client, 'listFields', 'listCategories');
          if (!isQueued(error)) return showServerErrors(form, error);
          draft.clear();
          announce(explain(error));
          void navigate({ to: '/tickets' });
        },
      },
    );
  }, focusFirstError);
  const begun = form.values.title !== '' || form.values.description !== '';
  const shown = ['title', 'description', 'priority', 'category'].concat(
    Object.keys(form.errors).filter((name) => name.startsWith('fields.')),
  );
  return (
    <Page title={t`New ticket`} width="narrow">
      <form noValidate onSubmit={submit}>
        <Stack gap="lg">
          <FormDraftConflict draft={draft} />
          <FormError error={create.error} shown={shown} />
          {works && (
            <PersonSelect
              among="people"
              label={t`For whom?`}
              placeholder={t`Myself`}
              description={t`Found by name, address or telephone number`}
              autoFocus={forWhom}
              clearable
              value={requester}
              onPick={setRequester}
            />
          )}
          {works && (forWhom || requester) && (
            <NativeSelect
              label={t`Channel`}
              description={t`How it reached you`}
              data={channelKeys.map((value) => ({ value, label: i18n._(channels[value]) }))}
              value={channel}
              onChange={(event) => setChannel(event.currentTarget.value as Channel)}
            />
          )}
          <Suspense>
            <Templates
              chosen={template}
              now={() => ({
                title: form.values.title,
                description: form.values.description,
                priority: form.isDirty('priority') ? form.values.priority : null,
                category: facets.category,
                fields: facets.fields,
                team_id: team ? Number(team) : null,
              })}
              onPick={(one) => {
                setTemplate(one);
                if (!one) return;
                if (one.title) form.setFieldValue('title', one.title);
                if (one.description) form.setFieldValue('description', one.description);
                if (one.priority) form.setFieldValue('priority', one.priority);
                setFacets({ category: one.category, fields: one.fields });
                setTeam(one.team_id ? String(one.team_id) : null);
                setRevision((n) => n + 1);
              }}
            />
          </Suspense>
          <TextInput
            label={t`What is wrong?`}
            placeholder={t`For example: my laptop does not start`}
            required
            autoComplete="off"
            {...form.getInputProps('title')}
          />
          {begun && (
            <>
              <TextBox
                kind="description"
                label={t`What happened?`}
                description={t`If it helps: what did you do, what did you expect, what did you see instead?`}
                rows={5}
                uploads={uploads}
                kept
                text={form.values.description}
                revision={revision}
                onChange={(text) => form.setFieldValue('description', text)}
                error={form.errors.description}
              />
              <Suspense>
                <FacetsForm value={facets} errors={form.errors} onChange={setFacets} />
              </Suspense>
              <div>
                <Text component="span" size="sm" fw={600} id={priorityLabel}>
                  <Trans>How urgent is it?</Trans>
                </Text>
                <SegmentedControl
                  fullWidth
                  mt={4}
                  aria-labelledby={priorityLabel}
                  transitionDuration={0}
                  data={[...priorityKeys].reverse().map((value) => ({
                    value,
                    label: i18n._(priorities[value].label),
                  }))}
                  {...form.getInputProps('priority')}
                />
              </div>
              {works && (teams.data?.results ?? []).some(({ is_active }) => is_active) && (
                <Select
                  label={t`Team`}
                  placeholder={t`None`}
                  clearable
                  data={(teams.data?.results ?? [])
                    .filter(({ is_active }) => is_active)
                    .map(({ id, name }) => ({ value: String(id), label: name }))}
                  value={team}
                  onChange={setTeam}
                  comboboxProps={{ transitionProps: { duration: 0 } }}
                />
              )}
              <Checkbox
                label={t`Confidential: only those whom the ticket names see it`}
                {...form.getInputProps('confidential', { type: 'checkbox' })}
              />
            </>
          )}
          <Group>
            <Button type="submit" loading={create.isPending} disabled={uploads.busy}>
              <Trans>Create ticket</Trans>
            </Button>
            <LinkButton to="/tickets" variant="default">
              <Trans>Cancel</Trans>
            </LinkButton>
            <Text component="span" size="xs" c="dimmed" role="status">
              <DraftStanding draft={draft} />
            </Text>
          </Group>
          <AlikeTickets text={`${form.values.title} ${form.values.description}`} />
        </Stack>
      </form>
    </Page>
  );
}
