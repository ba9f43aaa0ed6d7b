import { expect, it } from 'vitest';
import { safeReturnPath } from './navigation';

it.each([
  ['/tickets?status=open', '/tickets?status=open'],
  ['/tickets/7#c1', '/tickets/7#c1'],
  ['//evil.example', '/'],
  ['/\\evil.example', '/'],
  ['/\t/evil.example', '/'],
  ['https://evil.example', '/'],
  ['javascript:alert(1)', '/'],
  ['', '/'],
  [undefined, '/'],
])('returns from sign-in to %s only when it is of this site', (next, path) => {
  expect(safeReturnPath(next)).toBe(path);
});
