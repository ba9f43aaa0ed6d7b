import { Trans, useLingui } from '@lingui/react/macro';
import { Alert, Button, Group } from '@mantine/core';
import { IconPencil } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { PlainText } from '@/ui/plain-text';
import { draftsOptions, useDraft } from './drafts';
import type { Texts } from './merge-edit';

type FormDraftOptions =
  | { ticketId: null; kind: 'ticket'; begin: Texts }
  | { ticketId: number; kind: 'edit'; begin: Texts };

/**
 * Keeps title and description while they are being written: of a new report, or
 * of a ticket that is edited. `begin` is what the form shows without a draft;
 * `show` puts what was kept into the form, with the time when the server got it.
 */
export function useFormDraft(
  { ticketId, kind, begin }: FormDraftOptions,
  show: (texts: Texts, keptAt: string | null) => void,
) {
  const draft = useDraft(ticketId, kind);
  const { title, content, keptAt, state, type, clear, choose } = draft;
  const shown = useRef(false);
  const last = useRef(begin);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was kept appears once
  useEffect(() => {
    if (state.is === 'loading' || shown.current) return;
    shown.current = true;
    if (!title && !content) return;
    last.current = { title, description: content };
    show(last.current, keptAt);
  }, [state.is]);
  return {
    state,
    clear,
    keep(now: Texts): void {
      if (now.title === last.current.title && now.description === last.current.description) return;
      last.current = { title: now.title, description: now.description };
      const unchanged = now.title === begin.title && now.description === begin.description;
      if (kind === 'edit' && unchanged) clear();
      else type(now.description, now.title);
    },
    choose(which: 'mine' | 'theirs'): void {
      if (which === 'theirs' && state.is === 'conflict') {
        last.current = { title: state.theirs.title, description: state.theirs.content };
        show(last.current, state.theirs.updated_at);
      }
      choose(which);
    },
  };
}

type FormDraft = ReturnType<typeof useFormDraft>;

/** The choice, when another device has written as well. */
export function FormDraftConflict({ draft }: { draft: FormDraft }) {
  const { t } = useLingui();
  const { state, choose } = draft;
  if (state.is !== 'conflict') return null;
  return (
    <Alert color="orange" role="alert" title={t`Another device has changed this draft`}>
      <PlainText text={`${state.theirs.title}\n${state.theirs.content}`} />
      <Group gap="xs" mt="xs">
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

/** Leads back to an edit that was left before it was saved. */
export function UnsavedEdit({ ticketId, onOpen }: { ticketId: number; onOpen: () => void }) {
  const { data } = useQuery({
    ...draftsOptions(),
    select: ({ results }) =>
      results.some(({ kind, ticket_id }) => kind === 'edit' && ticket_id === ticketId),
  });
  if (!data) return null;
  return (
    <Button
      size="compact-xs"
      variant="light"
      color="orange"
      leftSection={<IconPencil size={14} />}
      onClick={onOpen}
    >
      <Trans>Unsaved edit</Trans>
    </Button>
  );
}

/** A quiet word about the draft, beside the buttons. */
export function DraftStanding({ draft }: { draft: FormDraft }) {
  switch (draft.state.is) {
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
