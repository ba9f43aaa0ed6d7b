import type { Node, Schema } from '@tiptap/pm/model';
import { Transform } from '@tiptap/pm/transform';
import MarkdownIt, { type Token } from 'markdown-it';
import {
  MarkdownParser,
  MarkdownSerializer,
  MarkdownSerializerState,
  defaultMarkdownSerializer as usual,
} from 'prosemirror-markdown';

/**
 * Markdown as the server reads it: CommonMark with tables, strikethrough and bare
 * addresses; a line break is a line break, and HTML is text.
 */
const reader = new MarkdownIt({ html: false, linkify: true, breaks: true });
reader.linkify.set({ fuzzyLink: false, fuzzyEmail: false, fuzzyIP: false });
reader.normalizeLink = (url) => url;
reader.normalizeLinkText = (url) => url;
// A cell of the editor's tables holds a paragraph.
reader.core.ruler.push('cells', (state) => {
  state.tokens = state.tokens.flatMap((token) => {
    const cell = token.type === 'th_open' || token.type === 'td_open';
    if (cell) return [token, new state.Token('paragraph_open', 'p', 1)];
    if (token.type !== 'th_close' && token.type !== 'td_close') return [token];
    return [new state.Token('paragraph_close', 'p', -1), token];
  });
});

const align = (token: Token) => ({
  align: /text-align:(\w+)/.exec(token.attrGet('style') ?? '')?.[1] ?? null,
});

function parserOf(schema: Schema): MarkdownParser {
  return new MarkdownParser(
    schema,
    reader as never,
    {
      blockquote: { block: 'blockquote' },
      paragraph: { block: 'paragraph' },
      list_item: { block: 'listItem' },
      bullet_list: { block: 'bulletList' },
      ordered_list: {
        block: 'orderedList',
        getAttrs: (token: Token) => ({ start: Number(token.attrGet('start') ?? 1) }),
      },
      heading: {
        block: 'heading',
        getAttrs: (token: Token) => ({ level: Number(token.tag.slice(1)) }),
      },
      code_block: { block: 'codeBlock', noCloseToken: true },
      fence: {
        block: 'codeBlock',
        getAttrs: (token: Token) => ({ language: token.info.trim() || null }),
        noCloseToken: true,
      },
      hr: { node: 'horizontalRule' },
      table: { block: 'table' },
      thead: { ignore: true },
      tbody: { ignore: true },
      tr: { block: 'tableRow' },
      th: { block: 'tableHeader', getAttrs: align },
      td: { block: 'tableCell', getAttrs: align },
      image: {
        node: 'image',
        getAttrs: (token: Token) => ({
          src: token.attrGet('src'),
          title: token.attrGet('title'),
          alt: token.content,
        }),
      },
      hardbreak: { node: 'hardBreak' },
      softbreak: { node: 'hardBreak' },
      em: { mark: 'italic' },
      strong: { mark: 'bold' },
      s: { mark: 'strike' },
      link: {
        mark: 'link',
        getAttrs: (token: Token) => ({
          href: token.attrGet('href'),
          title: token.attrGet('title'),
        }),
      },
      code_inline: { mark: 'code', noCloseToken: true },
    } as never,
  );
}

/** Escapes a few more beginnings of lines than the library does. */
class Writer extends MarkdownSerializerState {
  override esc(text: string, startOfLine = false): string {
    if (!startOfLine) return super.esc(text, false);
    // What stands before the first word has no meaning but to make code of it.
    return super
      .esc(text.replace(/^[ \t]+/, ''), true)
      .replace(/^(?:=|\||(?=\d+\)))/, (m) => (m ? `\\${m}` : m))
      .replace(/^(\d+)\)/, '$1\\)');
  }
}

const bareAddress = /^https?:\/\/(?:[^\s<>()*_~`\\[\]"']|(?<=\w)_(?=\w))+[\w/]$/;
const address = /^(?:https?:|mailto:)[^\s<>]+$/;

/** How a link begins: nothing where its text is its address, angle brackets, or its text in brackets. */
function opening(href: string, parent: Node, index: number): '' | '<' | '[' {
  const child = parent.child(index);
  const last = child.marks.at(-1);
  const next = index + 1 < parent.childCount ? parent.child(index + 1) : null;
  const same = child.text === href && last?.type.name === 'link' && !last.attrs.title;
  if (!same || !address.test(href) || (next && last.isInSet(next.marks))) return '[';
  return bareAddress.test(href) && !/^\w/.test(next?.text ?? '') ? '' : '<';
}

function cells(state: MarkdownSerializerState, row: Node): void {
  const inner = state as unknown as { out: string };
  row.forEach((cell) => {
    state.write('| ');
    const before = inner.out.length;
    cell.forEach((block, _offset, at) => {
      if (at > 0) state.write(' ');
      state.renderInline(block, false);
    });
    const text = inner.out.slice(before).replace(/\n/g, ' ').replace(/\|/g, '\\|');
    inner.out = `${inner.out.slice(0, before)}${text} `;
  });
  state.write('|');
}

const writer = new MarkdownSerializer(
  {
    ...usual.nodes,
    blockquote: usual.nodes.blockquote as never,
    codeBlock(state, node) {
      const longest = Math.max(2, ...[...node.textContent.matchAll(/`+/g)].map(([m]) => m.length));
      const fence = '`'.repeat(longest + 1);
      state.write(`${fence}${node.attrs.language ?? ''}\n`);
      state.text(node.textContent, false);
      state.write('\n');
      state.write(fence);
      state.closeBlock(node);
    },
    horizontalRule(state, node) {
      state.write('---');
      state.closeBlock(node);
    },
    bulletList(state, node) {
      state.renderList(node, '  ', () => '- ');
    },
    orderedList(state, node) {
      const start: number = node.attrs.start ?? 1;
      const width = String(start + node.childCount - 1).length;
      state.renderList(node, ' '.repeat(width + 2), (at) => {
        const number = String(start + at);
        return `${' '.repeat(width - number.length)}${number}. `;
      });
    },
    listItem(state, node) {
      state.renderContent(node);
    },
    image(state, node) {
      const { alt, src, title } = node.attrs;
      const address = /[\s()<>]/.test(src) ? `<${src.replace(/[<>]/g, '\\$&')}>` : src;
      const name = title ? ` "${title.replace(/"/g, '\\"')}"` : '';
      state.write(`![${alt ?? ''}](${address}${name})`);
    },
    hardBreak(state, node, parent, index) {
      for (let at = index + 1; at < parent.childCount; at += 1) {
        if (parent.child(at).type !== node.type) return state.write('\n');
      }
    },
    table(state, node) {
      node.forEach((row, _offset, at) => {
        cells(state, row);
        state.write('\n');
        if (at > 0) return;
        row.forEach((cell) => {
          const side = cell.attrs.align;
          const left = side === 'left' || side === 'center' ? ':' : '';
          state.write(`|${left}---${side === 'right' || side === 'center' ? ':' : ''}`);
        });
        state.write('|\n');
      });
      // The last line has ended already.
      const inner = state as unknown as { out: string };
      inner.out = inner.out.replace(/\n$/, '');
      state.closeBlock(node);
    },
    text(state, node, parent, index) {
      const inner = state as unknown as { atBlockStart: boolean; inAutolink?: boolean };
      if (index > 0 && parent.child(index - 1).type.name === 'hardBreak') inner.atBlockStart = true;
      state.text(node.text ?? '', !inner.inAutolink);
      inner.atBlockStart = false;
    },
  },
  {
    italic: usual.marks.em as never,
    bold: usual.marks.strong as never,
    strike: { open: '~~', close: '~~', mixable: true, expelEnclosingWhitespace: true },
    code: usual.marks.code as never,
    link: {
      open(state, mark, parent, index) {
        const start = opening(mark.attrs.href ?? '', parent, index);
        const inner = state as unknown as { inAutolink?: boolean | string };
        inner.inAutolink = start === '[' ? undefined : start || 'bare';
        return start;
      },
      close(state, mark) {
        const inner = state as unknown as { inAutolink?: boolean | string };
        const start = inner.inAutolink;
        inner.inAutolink = undefined;
        if (start) return start === '<' ? '>' : '';
        const href: string = mark.attrs.href ?? '';
        const address = /[\s()<>]/.test(href) ? `<${href.replace(/[<>]/g, '\\$&')}>` : href;
        const title = mark.attrs.title;
        return `](${address}${title ? ` "${title.replace(/"/g, '\\"')}"` : ''})`;
      },
      mixable: true,
    },
  },
);

const options = {
  tightLists: true,
  hardBreakNodeName: 'hardBreak',
  escapeExtraCharacters: /<(?=[a-zA-Z/!?])|&(?=#?\w+;)/g,
  strict: false,
};

function write(block: Node): string {
  const State = Writer as unknown as new (
    ...args: [typeof writer.nodes, typeof writer.marks, typeof options]
  ) => MarkdownSerializerState & { out: string };
  const state = new State(writer.nodes, writer.marks, { ...options });
  state.renderContent(block.type.schema.topNodeType.create(null, block));
  // A box to tick is no text that has to be kept from becoming one.
  return state.out
    .replace(/^((?:[ >]|[-*+] |\d+[.)] )*(?:[-*+]|\d+[.)]) )\\\[([ xX])\\\] /gm, '$1[$2] ')
    .replace(/\s+$/, '');
}

/** What a block was written as, and the block that came next. */
interface Kept {
  text: string;
  next: Node | null;
}

/** Stands for the caret while a text is read or written. */
const caretSign = '\ue0ff';

export interface Read {
  doc: Node;
  /** Where the caret is in it. */
  caret: number | null;
}

/**
 * Reads and writes the text of one editor. A block that is not changed is
 * written as it was read, to the last space.
 */
export class MarkdownText {
  private readonly parser: MarkdownParser;
  private kept = new WeakMap<Node, Kept>();
  private written = new WeakMap<Node, string>();
  private source: { text: string; doc: Node } | null = null;

  constructor(schema: Schema) {
    this.parser = parserOf(schema);
  }

  /** A piece of Markdown, for instance from the clipboard. */
  parse(text: string): Node {
    return this.parser.parse(text);
  }

  /** The document of a text, whose blocks remember how they were written. */
  read(text: string, caret: number | null = null): Read {
    if (caret === null || text.includes(caretSign))
      return { doc: this.remember(text), caret: null };
    const marked = `${text.slice(0, caret)}${caretSign}${text.slice(caret)}`;
    const at = this.parser.parse(marked);
    const position = find(at);
    const doc = position === null ? null : new Transform(at).delete(position, position + 1).doc;
    const plain = this.parser.parse(text);
    // Within an address, a mark or the like the sign makes something else of the text.
    if (
      !doc ||
      doc.textContent.trimEnd() !== plain.textContent.trimEnd() ||
      doc.childCount !== plain.childCount
    ) {
      return { doc: this.remember(text), caret: null };
    }
    this.remember(text, doc);
    return { doc, caret: position };
  }

  write(doc: Node): string {
    if (this.source?.doc.eq(doc)) return this.source.text;
    let out = '';
    let expected: Node | null = null;
    doc.forEach((block, _offset, at) => {
      const kept = this.kept.get(block);
      const piece = kept?.text ?? this.writeOnce(block);
      if (piece === '') return;
      const goesOn = at === 0 || (expected === block && kept);
      if (!goesOn && out) out = `${out.replace(/\s+$/, '')}\n\n`;
      out += goesOn ? piece : piece.replace(/^\n+/, '');
      expected = kept?.next ?? null;
    });
    return out;
  }

  /** Where a position of the document is in its text. */
  caretOf(doc: Node, position: number): number {
    const text = this.write(doc);
    const marked = this.write(
      new Transform(doc).insert(
        position,
        doc.type.schema.text(caretSign, doc.resolve(position).marks()),
      ).doc,
    );
    const found = marked.indexOf(caretSign);
    return found < 0 ? text.length : Math.min(found, text.length);
  }

  /** Whether the editor can show a text without losing any of it. */
  holds(text: string): boolean {
    if (text.length > 30_000) return false;
    try {
      const doc = this.parser.parse(text);
      const pieces: string[] = [];
      doc.forEach((block) => {
        pieces.push(write(block));
      });
      const again = pieces.filter(Boolean).join('\n\n');
      return words(again) === words(text) && sameText(this.parser.parse(again), doc);
    } catch {
      return false;
    }
  }

  private writeOnce(block: Node): string {
    const before = this.written.get(block);
    if (before !== undefined) return before;
    const text = write(block);
    this.written.set(block, text);
    return text;
  }

  private remember(text: string, doc: Node = this.parser.parse(text)): Node {
    this.source = { text, doc };
    const env: { references?: object } = {};
    const starts = reader
      .parse(text, env)
      .filter(
        (token) => token.level === 0 && token.nesting >= 0 && token.type !== 'inline' && token.map,
      )
      .map((token) => token.map?.[0] ?? 0);
    // A definition belongs to no block; then all is written anew once something changes.
    if (starts.length !== doc.childCount || Object.keys(env.references ?? {}).length > 0) {
      return doc;
    }
    const lines = text.match(/[^\r\n]*(?:\r\n?|\n)|[^\r\n]+$/g) ?? [];
    doc.forEach((block, _offset, at) => {
      const piece = lines.slice(at === 0 ? 0 : starts[at], starts[at + 1] ?? lines.length);
      this.kept.set(block, {
        text: piece.join(''),
        next: at + 1 < doc.childCount ? doc.child(at + 1) : null,
      });
    });
    return doc;
  }
}

function find(doc: Node): number | null {
  let found: number | null = null;
  doc.descendants((node, position) => {
    const at = node.isText ? (node.text ?? '').indexOf(caretSign) : -1;
    if (at >= 0) found = position + at;
    return found === null;
  });
  return found;
}

/** The words of a text, without the numbers of its lists. */
function words(text: string): string {
  const plain = text.replace(/^[\s>*+-]*\d+[.)]\s/gm, '').replace(/^[ \t]*[>]*/gm, '');
  return (plain.match(/[\p{L}\p{N}]+/gu) ?? []).join(' ');
}

function sameText(a: Node, b: Node): boolean {
  return a.eq(b) || JSON.stringify(shape(a)) === JSON.stringify(shape(b));
}

/** What a document says and how, without empty ends. */
function shape(node: Node): unknown {
  const inner: unknown[] = [];
  node.forEach((child) => {
    if (child.isText) inner.push([child.text, child.marks.map((mark) => mark.type.name)]);
    else inner.push(shape(child));
  });
  return [node.type.name, inner];
}
