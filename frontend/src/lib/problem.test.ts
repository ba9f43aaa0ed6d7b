import { describe, expect, it } from 'vitest';
import { ApiError, asApiError, explain, fieldErrors } from './problem';

const answer = (status: number, body: string, headers: Record<string, string> = {}) =>
  new Response(body, {
    status,
    headers: { 'Content-Type': 'application/problem+json', ...headers },
  });

describe('ApiError.from', () => {
  it('reads problem+json', async () => {
    const error = await ApiError.from(
      answer(
        400,
        JSON.stringify({
          detail: 'Wrong.',
          code: 'x.y',
          request_id: 'r',
          errors: { title: ['No.'] },
        }),
      ),
    );
    expect(error).toMatchObject({ status: 400, code: 'x.y', requestId: 'r', message: 'Wrong.' });
    expect(fieldErrors(error)).toEqual({ title: 'No.' });
  });

  it('survives an answer that is not JSON, as a proxy sends it', async () => {
    const error = await ApiError.from(answer(502, '<html>', { 'Content-Type': 'text/html' }));
    expect(error.status).toBe(502);
    expect(explain(error)).toBe('Something went wrong on the server.');
  });

  it('survives JSON that is cut off', async () => {
    expect((await ApiError.from(answer(500, '{"detail'))).status).toBe(500);
  });
});

describe('explain', () => {
  it('says how long to wait', async () => {
    const error = await ApiError.from(answer(429, '{}', { 'Retry-After': '30' }));
    expect(explain(error)).toContain('30 seconds');
  });

  it('speaks of the connection when there was no answer', () => {
    expect(explain(asApiError(new TypeError('Failed to fetch')))).toContain('cannot be reached');
  });

  it('does not blame the connection for a mistake of the app', () => {
    const mistake = new TypeError("Cannot read properties of undefined (reading 'label')");
    expect(explain(mistake)).toContain('Something went wrong on this page');
    expect(asApiError(mistake).status).toBe(-1);
  });

  it('uses the words of the server where it has none of its own', () => {
    expect(explain(new ApiError(409, { detail: 'The last administrator stays.' }))).toBe(
      'The last administrator stays.',
    );
  });
});
