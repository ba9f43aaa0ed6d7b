import { Trans, useLingui } from '@lingui/react/macro';
import { Alert, Button, Group } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { PlainText } from '@/ui/plain-text';
import { useDraft } from './drafts';

/** The two texts of a report. */
interface Texts {
  title: string;
  description: string;
}

/** Keeps a report that is being written; `show` puts what was kept into the form. */
export function useNewTicketDraft(show: (texts: Texts) => void) {
  const draft = useDraft(null, 'ticket');
  const { title, content, state, type, clear, choose } = draft;
  const shown = useRef(false);
  const last = useRef<Texts>({ title: '', description: '' });
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was kept appears once
  useEffect(() => {
    if (state.is === 'loading' || shown.current) return;
    shown.current = true;
    if (!title && !content) return;
    last.current = { title, description: content };
    show(last.current);
  }, [state.is]);
  return {
    state,
    clear,
    keep(now: Texts): void {
      if (now.title === last.current.title && now.description === last.current.description) return;
      last.current = { title: now.title, description: now.description };
      type(now.description, now.title);
    },
    choose(which: 'mine' | 'theirs'): void {
      if (which === 'theirs' && state.is === 'conflict') {
        last.current = { title: state.theirs.title, description: state.theirs.content };
        show(last.current);
      }
      choose(which);
    },
  };
}

/** Where the report stands: kept, or written elsewhere as well. */
export function NewTicketDraft({ draft }: { draft: ReturnType<typeof useNewTicketDraft> }) {
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

/** A quiet word about the draft, beside the buttons. */
export function DraftStanding({ draft }: { draft: ReturnType<typeof useNewTicketDraft> }) {
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
