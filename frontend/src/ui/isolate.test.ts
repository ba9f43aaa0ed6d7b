import { expect, it } from 'vitest';
import { isolated } from './isolate';
import { personName } from './person';

it('leaves names as people write them', () => {
  for (const name of ['Zoë Müller-Łukasz', 'नीरज', '李小龍', 'D’Arcy 👩‍💻', 'Phạm Văn Đồng']) {
    expect(isolated(name)).toBe(name);
  }
});

it('takes out what turns the order of a text around, or is not seen', () => {
  expect(isolated('invoice\u202efdp.exe')).toBe('invoicefdp.exe');
  expect(isolated('ad\u200bmin\u2069')).toBe('admin');
  expect(isolated(`a${'\u0301'.repeat(20)}`)).toBe(`a${'\u0301'.repeat(4)}`);
});

it('keeps the order of a right-to-left name to itself', () => {
  expect(isolated('שלום')).toBe('\u2068שלום\u2069');
});

it('falls back to the user name where a name shows nothing', () => {
  expect(personName({ username: 'erin', full_name: '\u200b\u3164' })).toBe('erin');
});
