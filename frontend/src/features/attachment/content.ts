import { useEffect, useState } from 'react';
import type { Attachment } from '@/lib/api';
import { apiFetch } from '@/lib/api-fetch';

/** Types under which the browser may show a content; anything else is bytes. */
const shown = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);

/**
 * The content of a file, fetched as whoever is signed in. Its type is one that
 * cannot run, whatever the file is.
 */
export async function fetchContent(file: Attachment, signal?: AbortSignal): Promise<Blob> {
  const response = await apiFetch(`/api/attachments/${file.id}/content`, { signal });
  const bytes = await response.arrayBuffer();
  const type = shown.has(file.media_type) ? file.media_type : 'application/octet-stream';
  return new Blob([bytes], { type });
}

/** The first characters of a text file. */
export async function fetchText(file: Attachment, most: number, signal: AbortSignal) {
  const response = await apiFetch(`/api/attachments/${file.id}/content`, {
    headers: { Range: `bytes=0-${most - 1}` },
    signal,
  });
  const charset = /charset=([\w-]+)/.exec(file.media_type)?.[1] ?? 'utf-8';
  let decoder: TextDecoder;
  try {
    decoder = new TextDecoder(charset);
  } catch {
    decoder = new TextDecoder();
  }
  return decoder.decode(await response.arrayBuffer());
}

export type ThumbnailSize = 'small' | 'large';

export async function fetchThumbnail(id: number, size: ThumbnailSize, signal?: AbortSignal) {
  const response = await apiFetch(`/api/attachments/${id}/thumbnail?size=${size}`, { signal });
  return new Blob([await response.arrayBuffer()], { type: 'image/jpeg' });
}

/** A picture's address in this page; null until it is there, or when there is none. */
export function useThumbnail(file: Attachment, size: ThumbnailSize): string | null {
  const [address, setAddress] = useState<string | null>(null);
  const ready = file.thumbnail && (file.state === 'clean' || file.state === 'unscanned');
  useEffect(() => {
    if (!ready) return;
    const control = new AbortController();
    let made = '';
    fetchThumbnail(file.id, size, control.signal).then(
      (blob) => {
        if (control.signal.aborted) return;
        made = URL.createObjectURL(blob);
        setAddress(made);
      },
      () => {},
    );
    return () => {
      control.abort();
      if (made) URL.revokeObjectURL(made);
      setAddress(null);
    };
  }, [file.id, ready, size]);
  return address;
}

/** Saves a file under its name. */
export async function saveFile(file: Attachment): Promise<void> {
  const address = URL.createObjectURL(await fetchContent(file));
  const link = document.createElement('a');
  link.href = address;
  link.download = file.name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
