import { useLingui } from '@lingui/react/macro';
import { useCallback, useEffect, useRef, useState } from 'react';
import { type Attachment, cancelUpload, getAttachment } from '@/lib/api';
import { asApiError, explain } from '@/lib/problem';
import { uuid } from '@/lib/random';
import { preferences } from '@/lib/storage';
import { upload } from './upload';

const must = { throwOnError: true } as const;

/** One file on its way to the server, or there, and not sent with anything yet. */
export interface Upload {
  key: string;
  name: string;
  size: number;
  sent: number;
  state: 'sending' | 'broken' | 'done' | 'failed';
  /** Why it failed. */
  reason?: string;
  file?: File;
  attachment?: Attachment;
}

/** What is sent in place of a text when there are only files. */
export function namesOf(files: readonly Attachment[]): string {
  return files.map(reference).join('\n');
}

/** How a text shows an attachment in its place. */
export function reference(file: Attachment): string {
  const name = file.name.replace(/[[\]\\]/g, ' ');
  return `${file.preview === 'image' ? '!' : ''}[${name}](attachment:${file.id})`;
}

/** The files that are attached to what somebody writes; `place` keeps them over a reload. */
export function useUploads(place: string) {
  const { t } = useLingui();
  const [items, setItems] = useState<Upload[]>([]);
  const running = useRef(new Map<string, AbortController>());
  const change = useCallback((key: string, part: Partial<Upload>) => {
    setItems((all) => all.map((one) => (one.key === key ? { ...one, ...part } : one)));
  }, []);

  const restore = useCallback(async (ids: readonly number[]) => {
    const found = await Promise.all(
      ids.map((id) =>
        getAttachment({ path: { id }, ...must }).then(
          ({ data }) => data,
          () => null,
        ),
      ),
    );
    const ready = found.filter(
      (one): one is Attachment => one !== null && one.ticket_id === null && one.sha256 !== null,
    );
    setItems((all) => [
      ...all,
      ...ready
        .filter((one) => !all.some((item) => item.attachment?.id === one.id))
        .map((one) => ({
          key: uuid(),
          name: one.name,
          size: one.size,
          sent: one.size,
          state: 'done' as const,
          attachment: one,
        })),
    ]);
  }, []);

  // What was uploaded before a reload.
  const store = `uploads.${place}`;
  const restored = useRef(false);
  useEffect(() => {
    if (restored.current) return;
    restored.current = true;
    const kept = (preferences.get(store) ?? '').split(',').filter(Boolean).map(Number);
    if (kept.length > 0) void restore(kept);
  }, [restore, store]);
  const done = items.filter((one) => one.state === 'done').flatMap((one) => one.attachment ?? []);
  const ids = done.map((one) => one.id);
  const list = ids.join(',');
  useEffect(() => {
    if (list) preferences.set(store, list);
  }, [list, store]);

  const start = useCallback(
    async (item: Upload & { file: File }): Promise<Attachment | null> => {
      const control = new AbortController();
      running.current.set(item.key, control);
      let id = 0;
      control.signal.addEventListener('abort', () => {
        if (id > 0) cancelUpload({ path: { id } }).catch(() => {});
      });
      try {
        const attachment = await upload(item.file, control.signal, {
          onStart: (given) => {
            id = given;
          },
          onSent: (sent) => change(item.key, { sent }),
          onBroken: (broken) => change(item.key, { state: broken ? 'broken' : 'sending' }),
        });
        change(item.key, { state: 'done', sent: item.size, attachment });
        return attachment;
      } catch (error) {
        if (control.signal.aborted) return null;
        const { code, message } = asApiError(error);
        const reason = code.startsWith('attachment.') ? message : explain(error);
        change(item.key, { state: 'failed', reason });
        return null;
      } finally {
        running.current.delete(item.key);
      }
    },
    [change],
  );

  /** Begins to send files; the answer has those that arrived, once all have an end. */
  const add = useCallback(
    async (files: readonly File[]): Promise<Attachment[]> => {
      const fresh = files.map((file) => ({
        key: uuid(),
        name: file.name || t`Pasted image`,
        size: file.size,
        sent: 0,
        state: 'sending' as const,
        file,
      }));
      setItems((all) => [...all, ...fresh]);
      const ends = await Promise.all(fresh.map((one) => start(one)));
      return ends.filter((one) => one !== null);
    },
    [start, t],
  );

  const remove = useCallback((item: Upload) => {
    running.current.get(item.key)?.abort();
    if (item.attachment) cancelUpload({ path: { id: item.attachment.id } }).catch(() => {});
    setItems((all) => all.filter((one) => one.key !== item.key));
  }, []);

  const retry = useCallback(
    (item: Upload) => {
      if (!item.file) return;
      change(item.key, { state: 'sending', sent: 0, reason: undefined });
      void start({ ...item, file: item.file });
    },
    [change, start],
  );

  /** Forgets what was sent with something. */
  const clear = useCallback(() => {
    preferences.set(store, null);
    setItems([]);
  }, [store]);

  // A page that goes away takes what is under way with it.
  useEffect(() => {
    const all = running.current;
    return () => {
      for (const one of all.values()) one.abort();
    };
  }, []);

  const busy = items.some((one) => one.state === 'sending' || one.state === 'broken');
  /** For a request that has no use for an empty list. */
  const chosen = ids.length > 0 ? ids : undefined;
  return { items, done, ids, chosen, busy, add, remove, retry, clear, restore };
}

export type Uploads = ReturnType<typeof useUploads>;
