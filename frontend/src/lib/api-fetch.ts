import { spokenLanguage } from './i18n';
import { canWait, currentKeeper } from './offline/door';
import { ApiError } from './problem';
import { uuid } from './random';
import { accessToken, refreshSession } from './session';

const timeout = 30_000;

/**
 * A keyed request is one transaction on the server, and hashing a password in it
 * would keep everybody else waiting; where somebody looks is said too often to be
 * kept. None of these does harm when it is repeated.
 */
const unkeyed = /\/auth\/(login|register|reset_password|change_password)$|\/(presence|seen)$/;

/**
 * The one door to the server: adds the token, an Idempotency-Key to a POST,
 * renews the session once when the server answers 401, and throws ApiError for
 * everything that is not 2xx.
 */
export async function apiFetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  const request = new Request(input, init);
  const keyed = request.method === 'POST' && !unkeyed.test(new URL(request.url).pathname);
  if (keyed && !request.headers.has('Idempotency-Key')) {
    request.headers.set('Idempotency-Key', uuid());
  }
  // Files are not kept: what waits is what somebody has written.
  const plain = /^$|json/.test(request.headers.get('Content-Type') ?? '');
  const keeper =
    plain && canWait(request.method, new URL(request.url).pathname) ? currentKeeper() : null;
  if (!keeper) return deliver(request);
  // Behind what waits already, so that everything is done in the order it was meant.
  if (!navigator.onLine || keeper.busy()) throw await keeper.keep(request);
  const spare = request.clone();
  try {
    return await deliver(request);
  } catch (error) {
    // It may have arrived; under the same key it is done once.
    if (error instanceof ApiError && error.status === 0) throw await keeper.keep(spare);
    throw error;
  }
}

async function deliver(request: Request): Promise<Response> {
  const token = await accessToken();
  const again = token ? request.clone() : null;
  let response = await send(request, token);
  if (response.status === 401 && again && (await refreshSession(token))) {
    response = await send(again, await accessToken());
  }
  if (!response.ok) throw await ApiError.from(response);
  return response;
}

async function send(request: Request, token: string | null): Promise<Response> {
  request.headers.set('Accept-Language', spokenLanguage());
  if (token) request.headers.set('Authorization', `Bearer ${token}`);
  try {
    return await fetch(request, {
      signal: AbortSignal.any([request.signal, AbortSignal.timeout(timeout)]),
    });
  } catch (cause) {
    // Aborted by the caller (a page that went away): not a failure to report.
    if (request.signal.aborted) throw cause;
    throw new ApiError(0, { detail: String(cause) });
  }
}
