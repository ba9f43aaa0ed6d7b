import { readFileSync } from 'node:fs';
import { getSchema } from '@tiptap/core';
import { Transform } from '@tiptap/pm/transform';
import { describe, expect, it } from 'vitest';
import { extensions } from './extensions';
import { MarkdownText } from './markdown';

const schema = getSchema(extensions(() => ''));
const text = () => new MarkdownText(schema);

const samples = [
  'plain',
  'two\nlines',
  'a paragraph\n\nand another',
  '**b** *i* ~~d~~ `c` ***both***',
  '_under_ and __strong__',
  '- a\n- b\n  - c',
  '* star\n* list',
  '3. three\n4. four',
  '> said\n> twice',
  '> - quoted\n>   list',
  '```go\nx := 1\n```',
  '    indented',
  '# One\n\n### Three',
  'Setext\n======\n\ntext',
  '| a | b |\n|---|:-:|\n| 1 | **2** |',
  'see https://example.org/a_b_c and [here](https://example.org "t")',
  'ask @mara.k_x, please :wave: :white_check_mark:',
  'a * b * c, 2 < 3 & 4, snake_case_name',
  '- [ ] open\n- [x] done',
  '![p](https://example.org/p.png)',
  '---\n\nafter',
  'trailing space  \nand break\n\n\n\nfar away\n',
  'windows\r\nlines\r\n\r\nhere',
  '1) one\n2) two',
  'price: 5\\*3',
];

interface Hostile {
  name: string;
  text: string;
  times?: number;
}
const file = `${process.cwd()}/../api/platform/markdown/testdata/hostile.json`;
const hostile = (JSON.parse(readFileSync(file, 'utf8')) as Hostile[]).map((one) => ({
  ...one,
  text: one.text.repeat(one.times ?? 1).slice(0, 3000),
}));

describe('a text that nobody changes', () => {
  it('stays as it was written, to the last space', () => {
    for (const sample of [...samples, ...hostile.map((one) => one.text)]) {
      const one = text();
      expect(one.write(one.read(sample).doc)).toBe(sample);
    }
  });

  it('stays so where the caret is carried over', () => {
    for (const sample of samples) {
      for (let caret = 0; caret <= sample.length; caret += 1) {
        const one = text();
        const { doc } = one.read(sample, caret);
        expect(one.write(doc), `${sample} at ${caret}`).toBe(sample);
      }
    }
  });
});

describe('a text that is changed', () => {
  it('keeps the blocks that are not', () => {
    const one = text();
    const source = '* star\n* list\n\n__strong__\n\nlast   \n';
    const { doc } = one.read(source);
    const changed = new Transform(doc).insert(doc.content.size - 1, schema.text('!')).doc;
    expect(one.write(changed)).toBe('* star\n* list\n\n__strong__\n\nlast!');
  });

  it('says the same when it is written anew', () => {
    for (const sample of samples) {
      const one = text();
      expect(one.holds(sample), sample).toBe(true);
    }
  });

  it('keeps what somebody types from becoming formatting', () => {
    const typed = [
      ...['*not bold*', '_x_', '# no heading', '- no list', '1. no list', '2) none', '> no quote'],
      ...['`no code`', '[no](link)', '<b>no html</b>', '&amp; stays', '    no code', '==='],
      ...['~~no~~', '![no](x)', '\\', '***', '---', '+ x', '| a | b |', 'a\\b', '```'],
    ];
    for (const line of typed) {
      for (const before of ['', 'first']) {
        const inline = before
          ? [schema.text(before), schema.nodes.hardBreak?.create(), schema.text(line)]
          : [schema.text(line)];
        const paragraph = schema.nodes.paragraph?.create(
          null,
          inline.filter((x) => !!x),
        );
        const doc = schema.topNodeType.create(null, paragraph);
        const written = text().write(doc);
        const again = text().parse(written);
        expect(again.childCount, written).toBe(1);
        expect(again.firstChild?.type.name, written).toBe('paragraph');
        expect(again.textContent, written).toBe(before + line.trimStart());
        again.descendants((node) => {
          expect(node.marks).toEqual([]);
        });
      }
    }
  });

  it('is refused where the editor would lose something', () => {
    expect(text().holds('[x][y]\n\n[y]: https://example.org')).toBe(false);
    expect(text().holds('x'.repeat(40_000))).toBe(false);
  });

  it('is the same after any number of round trips', () => {
    for (const { text: sample, name } of hostile) {
      if (!text().holds(sample)) continue;
      const doc = text().parse(sample);
      const once = text().write(doc);
      expect(text().write(text().parse(once)), name).toBe(once);
    }
  });
});

it('finds the caret again', () => {
  const one = text();
  const { doc, caret } = one.read('say **bold** words', 8);
  expect(caret).not.toBeNull();
  expect(one.caretOf(doc, caret ?? 0)).toBe(8);
  const end = one.read('- a\n- b', 7);
  expect(one.caretOf(end.doc, end.caret ?? 0)).toBe(7);
});
