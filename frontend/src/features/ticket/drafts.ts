import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import {
  type Draft,
  deleteDraft,
  deleteTicketDraft,
  type ListDraftsResponse,
  putDraft,
  putTicketDraft,
} from '@/lib/api';
import { listDraftsOptions, listDraftsQueryKey } from '@/lib/api/@tanstack/react-query.gen';
import { keepUnsaved, unsaved } from '@/lib/offline/unsaved';
import { ApiError, asApiError } from '@/lib/problem';

/** What a draft is to become; a reply can never turn into a note, nor a note into a reply. */
export type DraftKind = 'reply' | 'note' | 'edit' | 'ticket';

/** Where a draft stands; `conflict` holds what another device has written. */
export type DraftState =
  | { is: 'loading' | 'clean' | 'saving' | 'saved' | 'failed' }
  | { is: 'conflict'; theirs: Draft };

/** One's own drafts; this app is what changes them. */
export const draftsOptions = () => ({ ...listDraftsOptions(), staleTime: 60_000 });

/** Milliseconds without a key before a draft is saved. */
const pause = 600;
const must = { throwOnError: true } as const;

interface Text {
  title: string;
  content: string;
}

interface Shown extends Text {
  /** When the server was given it; null when it was not fetched from there. */
  keptAt: string | null;
  /** Grows with each text that the box has to show. */
  revision: number;
}

/** Anything but white space. */
const blank = (text: Text) => !text.content.trim() && !text.title.trim();

async function write(ticketId: number | null, kind: DraftKind, text: Text, version: number) {
  const headers = { 'If-Match': `"v${version}."` };
  // The page may be going away; the request must not go with it.
  const options = { body: text, headers, keepalive: text.content.length < 30_000, ...must };
  if (ticketId === null) return (await putTicketDraft(options)).data;
  return (await putDraft({ ...options, path: { id: ticketId, kind: kind as 'reply' } })).data;
}

async function drop(ticketId: number | null, kind: DraftKind) {
  // The page may be going away; what was sent must not come back as a draft.
  const options = { keepalive: true, ...must };
  if (ticketId === null) await deleteTicketDraft(options);
  else await deleteDraft({ path: { id: ticketId, kind: kind as 'reply' }, ...options });
}

/**
 * A text that is kept at the server while it is being written: it survives a
 * reload, signing out and another device. Each ticket and kind has its own.
 */
export function useDraft(ticketId: number | null, kind: DraftKind) {
  const client = useQueryClient();
  const all = useQuery(draftsOptions());
  const [text, setText] = useState<Shown>({ title: '', content: '', keptAt: null, revision: 0 });
  const [filled, setFilled] = useState(false);
  const [state, setState] = useState<DraftState>({ is: 'loading' });
  const now = useRef({
    text: { title: '', content: '' },
    version: 0,
    dirty: false,
    busy: false,
    timer: 0,
  });
  const name = `${ticketId ?? 'new'}.${kind}`;
  const mine = useCallback(
    (draft: Draft) => draft.kind === kind && draft.ticket_id === ticketId,
    [kind, ticketId],
  );

  // A text that does not come from the box: the box has to show it.
  const show = useCallback((next: Text, keptAt: string | null = null) => {
    setText((before) => ({ ...next, keptAt, revision: before.revision + 1 }));
    setFilled(next.content.trim() !== '');
  }, []);

  const remember = useCallback(
    (draft: Draft | null) => {
      client.setQueryData<ListDraftsResponse>(listDraftsQueryKey(), (list) => {
        if (!list) return list;
        const results = list.results.filter((one) => !mine(one));
        if (draft) results.unshift(draft);
        return { ...list, results, count: results.length };
      });
    },
    [client, mine],
  );

  const save = useCallback(async () => {
    const at = now.current;
    clearTimeout(at.timer);
    if (!at.dirty || at.busy) return;
    at.busy = true;
    at.dirty = false;
    const sent = at.text;
    setState({ is: 'saving' });
    // Until the server has it: the page may be closed before it answers.
    keepUnsaved(name, sent);
    try {
      if (!navigator.onLine) throw new ApiError(0);
      if (blank(sent)) {
        if (at.version > 0) await drop(ticketId, kind);
        at.version = 0;
        remember(null);
        setState({ is: 'clean' });
      } else {
        const draft = await write(ticketId, kind, sent, at.version);
        at.version = draft.version;
        remember(draft);
        setState({ is: 'saved' });
      }
      keepUnsaved(name, null);
    } catch (error) {
      const { status } = asApiError(error);
      const fresh =
        status === 412 || status === 409
          ? await client.fetchQuery({ ...listDraftsOptions(), staleTime: 0 }).catch(() => null)
          : null;
      const theirs = fresh?.results.find(mine);
      if (theirs && theirs.content !== sent.content) setState({ is: 'conflict', theirs });
      else {
        if (theirs) at.version = theirs.version;
        else if (fresh) at.version = 0;
        at.dirty = true;
        setState({ is: 'failed' });
      }
    } finally {
      at.busy = false;
    }
    // What was typed meanwhile.
    if (at.dirty && navigator.onLine) at.timer = window.setTimeout(() => void save(), pause);
  }, [client, kind, mine, name, remember, ticketId]);

  // What was kept appears once, unless something was typed in the meantime.
  const loaded = all.data;
  useEffect(() => {
    if (!loaded) return;
    setState((before) => {
      if (before.is !== 'loading') return before;
      const kept = loaded.results.find(mine);
      now.current.version = kept?.version ?? 0;
      const lost = now.current.dirty ? null : unsaved(name);
      if (lost && lost.content !== kept?.content) {
        now.current.text = lost;
        now.current.dirty = true;
        show(lost);
        now.current.timer = window.setTimeout(() => void save(), pause);
        return { is: 'failed' };
      }
      if (kept && !now.current.dirty) {
        now.current.text = { title: kept.title, content: kept.content };
        show(now.current.text, kept.updated_at);
        return { is: 'saved' };
      }
      return { is: 'clean' };
    });
  }, [loaded, mine, name, save, show]);

  useEffect(() => {
    const flush = () => document.visibilityState === 'hidden' && void save();
    const again = () => void save();
    document.addEventListener('visibilitychange', flush);
    addEventListener('online', again);
    return () => {
      document.removeEventListener('visibilitychange', flush);
      removeEventListener('online', again);
      void save();
    };
  }, [save]);

  /** What the box says now. It shows it already: nothing is rendered for a key. */
  const type = useCallback(
    (content: string, title?: string) => {
      const at = now.current;
      at.text = { title: title ?? at.text.title, content };
      at.dirty = true;
      setFilled(content.trim() !== '');
      clearTimeout(at.timer);
      at.timer = window.setTimeout(() => void save(), pause);
    },
    [save],
  );

  /** A text from elsewhere instead of what is in the box. */
  const replace = useCallback(
    (content: string) => {
      type(content);
      show(now.current.text);
    },
    [show, type],
  );
  const read = useCallback(() => now.current.text.content, []);

  /** Empties it here and at the server, once it has become what it was to be. */
  const clear = useCallback(() => {
    const at = now.current;
    clearTimeout(at.timer);
    const kept = at.version > 0 || at.busy;
    keepUnsaved(name, null);
    Object.assign(at, { text: { title: '', content: '' }, dirty: false, version: 0 });
    show(at.text);
    setState({ is: 'clean' });
    remember(null);
    if (kept) drop(ticketId, kind).catch(() => {});
  }, [kind, name, remember, show, ticketId]);

  /** Ends a conflict with one of the two texts. */
  const choose = useCallback(
    (which: 'mine' | 'theirs') => {
      if (state.is !== 'conflict') return;
      const at = now.current;
      at.version = state.theirs.version;
      setState({ is: 'saved' });
      if (which === 'theirs') {
        at.text = { title: state.theirs.title, content: state.theirs.content };
        at.dirty = false;
        show(at.text);
      } else {
        at.dirty = true;
        void save();
      }
    },
    [save, show, state],
  );

  return { ...text, filled, state, type, replace, read, clear, choose };
}
