import { describe, expect, it } from 'vitest';
import { type Group, group, line, queryOf, treeOf } from './conditions';

/** A group without its keys. */
function shape(it: Group | null): unknown {
  return (
    it && {
      [`${it.not ? 'not ' : ''}${it.any ? 'any' : 'all'}`]: it.parts.map((part) =>
        part.kind === 'group'
          ? shape(part)
          : `${part.not ? '-' : ''}${part.field ? `${part.field}:` : ''}${part.value}`,
      ),
    }
  );
}

describe('conditions', () => {
  it.each([
    ['', { all: [] }],
    ['status:open printer', { all: ['status:open', 'printer'] }],
    ['status:open AND -priority:low', { all: ['status:open', '-priority:low'] }],
    ['a OR b', { any: ['a', 'b'] }],
    ['a b OR c', { any: [{ all: ['a', 'b'] }, 'c'] }],
    ['x (a OR b)', { all: ['x', { any: ['a', 'b'] }] }],
    ['NOT (a b)', { 'not all': ['a', 'b'] }],
    ['x -(a OR (b c))', { all: ['x', { 'not any': ['a', { all: ['b', 'c'] }] }] }],
    ['category:"A/B","C" tag: vpn, sap', { all: ['category:"A/B","C"', 'tag:vpn, sap'] }],
    [
      'created:>=-7d due:2026-01-01..2026-02-01',
      { all: ['created:>=-7d', 'due:2026-01-01..2026-02-01'] },
    ],
    ['"NOT this" ORder', { all: ['"NOT this"', 'ORder'] }],
  ])('reads %s', (q, want) => {
    expect(shape(treeOf(q))).toEqual(want);
  });

  it.each(['(a', 'a)', 'a OR', 'OR a', 'a,b', '"open', 'title:', 'a AND OR b', '()', 'x - '])(
    'leaves %s to the text',
    (q) => {
      expect(treeOf(q)).toBeNull();
    },
  );

  it.each([
    'status:open -priority:low',
    'a OR b',
    '(a b) OR c',
    'x (a OR b)',
    '-(a b)',
    'x -(a OR (b c))',
    'cf.site:"Building B" "two words"',
  ])('writes %s as it was', (q) => {
    const tree = treeOf(q);
    expect(tree && queryOf(tree)).toBe(q);
  });

  it('quotes what would mean something else', () => {
    expect(queryOf(group([line('', 'OR'), line('', 'a b'), line('title', 'say "hi"')]))).toBe(
      '"OR" "a b" title:"say \\"hi\\""',
    );
    expect(queryOf(group([line('', 'status:open'), line('', '-x')]))).toBe('"status:open" "-x"');
  });

  it('leaves out what has no value yet', () => {
    expect(queryOf(group([line('status'), group([line('tag')], true), line('', 'a')]))).toBe('a');
  });
});
