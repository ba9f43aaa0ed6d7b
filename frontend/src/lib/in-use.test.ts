import { describe, expect, it } from 'vitest';
import { inUse } from './in-use';
import { ApiError } from './problem';

describe('what keeps something from being deleted', () => {
  it('is named by its kind', () => {
    const errors = { rule: ['Projectors'], view: ['All of them', 'Mine'] };
    const error = new ApiError(409, { code: 'tag.in_use', detail: 'This is still used.', errors });
    expect(inUse(error)).toBe(
      'It is still used by the rule “Projectors”, the view “All of them”, and the view “Mine”. Change that first.',
    );
  });

  it('is nothing for other errors', () => {
    expect(
      inUse(new ApiError(409, { code: 'category.in_use', detail: 'Tickets are in it.' })),
    ).toBe(null);
    expect(inUse(new ApiError(400, { code: 'request.invalid', errors: { name: ['x'] } }))).toBe(
      null,
    );
  });
});
