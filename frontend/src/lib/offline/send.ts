import { spokenLanguage } from '../i18n';
import { ApiError } from '../problem';
import { accessToken, refreshSession } from '../session';
import { fieldsOf } from './confirmed';
import type { Entry, Refusal } from './state';

/** The server remembers an Idempotency-Key for 24 hours; an hour less is safe. */
const keyLifetime = 23 * 3_600_000;
/** After so many failures of the server over one write, somebody has to look at it. */
const mostFailures = 8;
const timeout = 30_000;

async function request(method: string, path: string, headers: HeadersInit, body: unknown) {
  const once = async (token: string | null) => {
    if (!token) throw new ApiError(401);
    return fetch(path, {
      method,
      headers: {
        ...headers,
        Authorization: `Bearer ${token}`,
        Accept: 'application/json',
        'Accept-Language': spokenLanguage(),
      },
      body: body === null ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(timeout),
    });
  };
  const token = await accessToken();
  const response = await once(token);
  if (response.status !== 401) return response;
  if (!(await refreshSession(token))) throw new ApiError(401);
  return once(await accessToken());
}

/** What a write is about, where it has one object that can be read again. */
function objectOf(path: string): string | null {
  return /^\/api\/(tickets|comments|notes)\/\d+/.exec(path)?.[0] ?? null;
}

/**
 * Sends one write. `note` stores in the queue what must survive a crash. The
 * result is that it was done, that it can be tried later, or why not.
 */
export async function sendEntry(
  entry: Entry,
  note: (part: Partial<Entry>) => Promise<void>,
): Promise<'sent' | 'later' | Refusal> {
  const { method, path, body, key } = entry;
  if (method === 'POST' && entry.sentAt && Date.now() - entry.sentAt > keyLifetime) {
    return { status: 0, code: 'offline.unknown', detail: '', theirs: null };
  }
  if (!entry.sentAt) await note({ sentAt: Date.now() });
  let version = entry.version;
  for (let round = 0; round < 3; round += 1) {
    const headers: Record<string, string> = {};
    if (body) headers['Content-Type'] = 'application/json';
    if (method === 'POST') headers['Idempotency-Key'] = key;
    if (version !== null) headers['If-Match'] = `"v${version}."`;
    let response: Response;
    try {
      response = await request(method, path, headers, body);
    } catch (error) {
      if (error instanceof ApiError) throw error;
      return 'later';
    }
    if (response.ok) return 'sent';
    const { status } = response;
    if (status === 408 || status === 429) return 'later';
    if (status >= 500) {
      await note({ failures: entry.failures + 1 });
      if (entry.failures + 1 < mostFailures) return 'later';
    }
    // What is gone already need not be deleted again.
    if (method === 'DELETE' && (status === 404 || status === 410)) return 'sent';
    const problem = await ApiError.from(response);
    const refusal: Refusal = { status, code: problem.code, detail: problem.message, theirs: null };
    if (status !== 412) return withFields(refusal, problem);
    const theirs = await current(path);
    if (!theirs) return refusal;
    const now = method === 'DELETE' ? null : body && fieldsOf(path, body, theirs);
    if (now && same(now, body)) return 'sent'; // It had arrived, or somebody did the same.
    // Nobody changed what this changes: it holds beside the other change.
    if (!now || !entry.before || !same(now, entry.before)) return { ...refusal, theirs };
    version = Number(theirs.version);
    await note({ version });
  }
  return 'later';
}

function withFields(refusal: Refusal, { fields }: ApiError): Refusal {
  const messages = Object.values(fields).flat();
  return messages.length > 0 ? { ...refusal, detail: messages.join(' ') } : refusal;
}

async function current(path: string): Promise<Record<string, unknown> | null> {
  const object = objectOf(path);
  if (!object) return null;
  const response = await request('GET', object, {}, null);
  return response.ok ? ((await response.json()) as Record<string, unknown>) : null;
}

function same(a: Record<string, unknown>, b: Record<string, unknown> | null): boolean {
  return !!b && Object.keys(b).every((name) => (a[name] ?? null) === (b[name] ?? null));
}
