import { type Attachment, createUpload, getAttachment } from '@/lib/api';
import { apiFetch } from '@/lib/api-fetch';
import { ApiError, asApiError } from '@/lib/problem';

const must = { throwOnError: true } as const;

/** Bytes of the first piece, and of the largest: pieces grow while the line is fast. */
const firstPiece = 256 * 1024;
const largestPiece = 4 * 1024 * 1024;
/** A piece that took longer than this many milliseconds is followed by a smaller one. */
const leisure = 2000;
/** Milliseconds before the next try after a broken connection; the last one repeats. */
const pauses = [500, 1000, 2000, 5000, 10_000];

export interface Progress {
  /** The number of the upload, as soon as the server has given it one. */
  onStart: (id: number) => void;
  /** Bytes that have arrived. */
  onSent: (bytes: number) => void;
  /** Whether the connection is broken just now. */
  onBroken: (broken: boolean) => void;
}

/** Base64 of a text in UTF-8, as Upload-Metadata wants it. */
function base64(text: string): string {
  let bytes = '';
  for (const b of new TextEncoder().encode(text)) bytes += String.fromCharCode(b);
  return btoa(bytes);
}

/** Whether trying again may help: the server said nothing, or nothing about this file. */
function mayPass(error: unknown): boolean {
  const e = asApiError(error);
  if (e.code === 'attachment.no_space') return false;
  return (
    e.status === 0 || e.status === 429 || e.status >= 500 || e.code === 'attachment.interrupted'
  );
}

/**
 * Sends a file in pieces (tus 1.0). After a broken connection it asks how much
 * has arrived and goes on from there, until the signal ends it.
 */
export async function upload(
  file: File,
  signal: AbortSignal,
  progress: Progress,
): Promise<Attachment> {
  let tries = 0;
  let id = 0;
  let offset = 0;
  let known = true;
  let size = firstPiece;
  for (;;) {
    try {
      if (id === 0) {
        const { data } = await createUpload({
          headers: {
            'Upload-Length': file.size,
            'Upload-Metadata': `filename ${base64(file.name)}`,
            'Tus-Resumable': '1.0.0',
          },
          signal,
          ...must,
        });
        id = data.id;
        progress.onStart(id);
      }
      if (!known) {
        offset = await arrived(id, signal);
        known = true;
      }
      while (offset < file.size) {
        const began = performance.now();
        known = false; // until the server has answered
        offset = await sendPiece(id, file.slice(offset, offset + size), offset, signal);
        known = true;
        tries = 0;
        progress.onBroken(false);
        progress.onSent(offset);
        const quick = performance.now() - began < leisure;
        size = quick ? Math.min(size * 2, largestPiece) : Math.max(size / 2, firstPiece / 4);
      }
      return (await getAttachment({ path: { id }, signal, ...must })).data;
    } catch (error) {
      if (signal.aborted) throw error;
      const moved = asApiError(error).code === 'attachment.wrong_offset';
      if (!mayPass(error) && !moved) throw error;
      progress.onBroken(true);
      await pause(pauses[Math.min(tries, pauses.length - 1)] ?? 0, signal);
      tries += 1;
    }
  }
}

async function sendPiece(
  id: number,
  piece: Blob,
  offset: number,
  signal: AbortSignal,
): Promise<number> {
  const response = await apiFetch(`/api/uploads/${id}`, {
    method: 'PATCH',
    // As bytes: a Blob would bring a content type of its own.
    body: await piece.arrayBuffer(),
    headers: {
      'Content-Type': 'application/offset+octet-stream',
      'Upload-Offset': String(offset),
      'Tus-Resumable': '1.0.0',
    },
    signal,
  });
  return readOffset(response);
}

async function arrived(id: number, signal: AbortSignal): Promise<number> {
  return readOffset(await apiFetch(`/api/uploads/${id}`, { method: 'HEAD', signal }));
}

function readOffset(response: Response): number {
  const offset = Number(response.headers.get('Upload-Offset') ?? Number.NaN);
  if (!Number.isSafeInteger(offset)) throw new ApiError(502);
  return offset;
}

/** Waits, but no longer than until there is a network again. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = () => {
      clearTimeout(timer);
      removeEventListener('online', end);
      signal.removeEventListener('abort', stop);
      resolve();
    };
    const stop = () => {
      end();
      reject(signal.reason);
    };
    const timer = setTimeout(end, ms);
    addEventListener('online', end);
    signal.addEventListener('abort', stop);
  });
}
