import { spokenLanguage } from './i18n';
import { ApiError } from './problem';
import { accessToken, refreshSession } from './session';

/** How far a download is. */
export interface DownloadProgress {
  /** Bytes that have come. */
  bytes: number;
  /** What the server says it counts, from X-Total-Count. */
  total: number | null;
}

export interface Downloaded {
  blob: Blob;
  /** As the server names it. */
  name: string;
}

/**
 * Fetches a file of the API, however long that takes, and tells how far it is.
 * Throws ApiError for everything that is not complete.
 */
export async function download(
  path: string,
  options: { signal?: AbortSignal; onProgress?: (progress: DownloadProgress) => void } = {},
): Promise<Downloaded> {
  const token = await accessToken();
  let response = await get(path, token, options.signal);
  if (response.status === 401 && token && (await refreshSession(token))) {
    response = await get(path, await accessToken(), options.signal);
  }
  if (!response.ok) throw await ApiError.from(response);
  const counted = response.headers.get('X-Total-Count');
  const progress = { bytes: 0, total: counted === null ? null : Number(counted) };
  options.onProgress?.({ ...progress });
  const parts: Uint8Array<ArrayBuffer>[] = [];
  const reader = response.body?.getReader();
  try {
    for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
      parts.push(part.value);
      progress.bytes += part.value.byteLength;
      options.onProgress?.({ ...progress });
    }
  } catch (cause) {
    if (options.signal?.aborted) throw cause;
    throw new ApiError(0, { detail: String(cause) });
  }
  const type = response.headers.get('Content-Type') ?? '';
  return { blob: new Blob(parts, { type }), name: nameOf(response) };
}

async function get(path: string, token: string | null, signal?: AbortSignal): Promise<Response> {
  const headers = new Headers({ 'Accept-Language': spokenLanguage() });
  if (token) headers.set('Authorization', `Bearer ${token}`);
  try {
    return await fetch(new URL(path, location.origin), { headers, signal });
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw new ApiError(0, { detail: String(cause) });
  }
}

/** The file name of the answer, without anything that could lead out of a folder. */
function nameOf(response: Response): string {
  const said = /filename="([^"]+)"/.exec(response.headers.get('Content-Disposition') ?? '')?.[1];
  return (said ?? 'download').replace(/[^\w.-]+/g, '_');
}

/** Hands a file to the browser, to be saved. */
export function saveFile({ blob, name }: Downloaded): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser has taken it by the next turn of the loop.
  setTimeout(() => URL.revokeObjectURL(url), 0);
}
