import type { MessageDescriptor } from '@lingui/core';
import { i18n } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import type { Problem } from '@/lib/api';

/** Wrong fields of a request: field name → messages of the server. */
export type FieldErrors = Record<string, string[]>;

/** Every failed request, as one type: what the server said, or that it could not be reached. */
export class ApiError extends Error {
  override name = 'ApiError';
  /** HTTP status; 0 when the server could not be reached, -1 when the failure is one of this page. */
  readonly status: number;
  /** Stable code of the server, such as `ticket.closed`; empty when it sent none. */
  readonly code: string;
  readonly fields: FieldErrors;
  readonly requestId: string;
  /** Seconds to wait before the next try; 0 when unknown. */
  readonly retryAfter: number;

  constructor(status: number, problem: Partial<Problem> = {}, retryAfter = 0) {
    super(problem.detail || problem.title || `HTTP ${status}`);
    this.status = status;
    this.code = problem.code ?? '';
    this.fields = (problem.errors as FieldErrors | undefined) ?? {};
    this.requestId = problem.request_id ?? '';
    this.retryAfter = retryAfter;
  }

  /** Reads an answer that is not 2xx. */
  static async from(response: Response): Promise<ApiError> {
    const type = response.headers.get('Content-Type') ?? '';
    const problem = /json/.test(type)
      ? ((await response.json().catch(() => ({}))) as Partial<Problem>)
      : {};
    const wait = Number(response.headers.get('Retry-After') ?? 0);
    return new ApiError(response.status, problem, Number.isFinite(wait) ? wait : 0);
  }
}

/** What browsers throw when a connection breaks, each in words of its own. */
const broken = /fetch|network|load failed|input stream|module script/i;

/** Whether this is the connection's fault; everything else that is thrown is a mistake of the app. */
function isConnection(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (/^(Abort|Timeout|Network)Error$/.test(error.name)) return true;
  return error.name === 'TypeError' && broken.test(error.message);
}

/** Whatever was thrown, as an ApiError. */
export function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  const detail = error instanceof Error ? error.message : String(error);
  return new ApiError(isConnection(error) ? 0 : -1, { detail });
}

const byStatus: Record<number, MessageDescriptor> = {
  [-1]: msg`Something went wrong on this page. Try again, or load the page anew.`,
  0: msg`The server cannot be reached. Check your connection and try again.`,
  401: msg`Please sign in again.`,
  403: msg`You are not allowed to do this.`,
  404: msg`This does not exist, or you cannot see it.`,
  412: msg`Somebody changed this in the meantime.`,
  413: msg`This is too large to send.`,
  422: msg`This was already sent with other content. Please try once more.`,
};

const byCode: Record<string, MessageDescriptor> = {
  'offline.queued': msg`Saved here. It is sent when you are online.`,
  'auth.wrong_credentials': msg`Wrong user name or password.`,
  'auth.invalid_credentials': msg`Wrong user name or password.`,
};

/** The reason of a failure in the reader's words. */
export function explain(error: unknown): string {
  const e = asApiError(error);
  const known = byCode[e.code] ?? byStatus[e.status];
  if (known) return i18n._(known);
  if (e.status === 429) {
    return e.retryAfter > 0
      ? i18n._(msg`Too many tries. Please wait ${e.retryAfter} seconds.`)
      : i18n._(msg`Too many tries. Please wait a moment.`);
  }
  if (e.status >= 500) return i18n._(msg`Something went wrong on the server.`);
  return e.message;
}

/** The first message of each wrong field, as forms want them. */
export function fieldErrors(error: unknown): Record<string, string> {
  const out: Record<string, string> = {};
  for (const [field, messages] of Object.entries(asApiError(error).fields)) {
    const first = messages[0];
    if (first) out[field] = first;
  }
  return out;
}
