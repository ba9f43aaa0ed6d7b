import { expect, it } from 'vitest';
import type { QueryField } from '@/lib/api';
import { complete, isPlain, wordAt } from './query-complete';

const fields: QueryField[] = [
  { name: 'status', kind: 'choice', values: ['open', 'closed'], example: 'status:open' },
  { name: 'team', kind: 'person', values: ['mine', 'Field service'], example: 'team:mine' },
  { name: 'assignee', kind: 'person', values: ['me', 'none'], example: 'assignee:me' },
];
const texts = (text: string, caret = text.length) =>
  complete(text, caret, fields, ['mara', 'jon']).map((one) => one.text);

it('offers fields, then their values', () => {
  expect(texts('st')).toEqual(['status:']);
  expect(texts('printer -st')).toEqual(['-status:']);
  expect(texts('status:')).toEqual(['status:open', 'status:closed']);
  expect(texts('status:open,c')).toEqual(['status:open,closed']);
  expect(texts('status:open,')).toEqual(['status:open,closed']);
  expect(texts('team:"Field service",')).not.toContain('team:"field service","Field service"');
  expect(texts('(assignee:m')).toEqual(['assignee:me', 'assignee:mara']);
  expect(texts('st x', 2)).toEqual(['status:']);
});

it('offers nothing in a text, for nothing, and for what is complete', () => {
  expect(texts('"st')).toEqual([]);
  expect(texts('')).toEqual([]);
  expect(texts('status:open')).toEqual([]);
  expect(texts('nothing:x')).toEqual([]);
});

it('puts values with spaces into quotation marks, also while they are written', () => {
  expect(texts('team:f')).toEqual(['team:"Field service"']);
  expect(texts('team:"field s')).toEqual(['team:"Field service"']);
  expect(texts('"a b" team:mine,"Fi')).toEqual(['team:mine,"Field service"']);
  expect(texts('"paper ja')).toEqual([]);
});

it('knows the word at the caret', () => {
  expect(wordAt('x team:"Field se', 16)).toEqual({ from: 2, word: 'team:"Field se' });
  expect(wordAt('a (status:op b', 12)).toEqual({ from: 3, word: 'status:op' });
});

it('tells words from a query', () => {
  expect(isPlain('printer jam LT-04417')).toBe(true);
  for (const text of ['status:open', '-a', 'a OR b', '"a', '(a']) expect(isPlain(text)).toBe(false);
});
