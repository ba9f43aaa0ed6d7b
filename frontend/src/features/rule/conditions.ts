/** One line of the builder: a field that has, or has not, a value. */
export interface Line {
  kind: 'line';
  key: number;
  not: boolean;
  field: string;
  value: string;
}

/** Lines and groups of which all hold, or one does; or, with not, not. */
export interface Group {
  kind: 'group';
  key: number;
  not: boolean;
  any: boolean;
  parts: Part[];
}

export type Part = Line | Group;

let made = 0;
const next = () => {
  made += 1;
  return made;
};

export const line = (field: string, value = '', not = false): Line => ({
  kind: 'line',
  key: next(),
  field,
  value,
  not,
});

export const group = (parts: Part[] = [], any = false, not = false): Group => ({
  kind: 'group',
  key: next(),
  any,
  not,
  parts,
});

const item = String.raw`(?:"(?:\\.|[^"\\])*"|-?[^\s()",\-][^\s()",]*)`;
const fieldTerm = new RegExp(
  String.raw`^(cf\.[A-Za-z0-9_]+|[A-Za-z_]+):\s*(${item}(?:\s*,\s*${item})*)`,
);
const wordTerm = /^(?:"(?:\\.|[^"\\])*"|[^\s()",-][^\s()",]*)/;
const keyword = /^(?:OR|AND|NOT)(?![^\s()",])/;
const listOfValues = new RegExp(String.raw`^${item}(?:\s*,\s*${item})*$`);

/** Reads the language of the search box; it throws what groups and lines cannot say. */
class Reader {
  constructor(private rest: string) {}

  private eat(what: RegExp): RegExpExecArray | null {
    this.rest = this.rest.trimStart();
    const found = what.exec(this.rest);
    if (found) this.rest = this.rest.slice(found[0].length);
    return found;
  }

  whole(): Group {
    const out = this.either();
    if (this.rest.trim()) throw new Error('not understood');
    return out;
  }

  private either(): Group {
    const parts = [this.all()];
    while (this.eat(/^OR(?![^\s()",])/)) parts.push(this.all());
    const [first] = parts;
    if (first && parts.length === 1) return first;
    const simple = parts.map((it) => (it.parts.length === 1 && it.parts[0]) || it);
    return group(simple, true);
  }

  private all(): Group {
    const parts = [this.term()];
    for (;;) {
      const joint = this.eat(/^AND(?![^\s()",])/);
      this.rest = this.rest.trimStart();
      if (!joint && (!this.rest || /^(?:\)|OR(?![^\s()",]))/.test(this.rest))) break;
      parts.push(this.term());
    }
    return group(parts);
  }

  private term(): Part {
    const not = !!this.eat(/^(?:-|NOT(?![^\s()",]))/);
    if (this.eat(/^\(/)) {
      const inner = this.either();
      if (!this.eat(/^\)/)) throw new Error('not closed');
      return { ...inner, not };
    }
    this.rest = this.rest.trimStart();
    if (keyword.test(this.rest)) throw new Error('a word is missing');
    const [, field, value] = this.eat(fieldTerm) ?? [];
    if (field && value) return line(field, value, not);
    const word = this.eat(wordTerm);
    if (!word || /^(?:cf\.\w+|[A-Za-z_]+):/.test(word[0])) throw new Error('not understood');
    return line('', word[0], not);
  }
}

/** A query as a group; null for what the builder cannot say. */
export function treeOf(q: string): Group | null {
  if (!q.trim()) return group();
  try {
    const whole = new Reader(q).whole();
    const [only] = whole.parts;
    return whole.parts.length === 1 && only?.kind === 'group' ? only : whole;
  } catch {
    return null;
  }
}

function lineQuery({ not, field, value }: Line): string {
  const text = value.trim();
  if (!text) return '';
  const plain = field
    ? listOfValues.test(text)
    : wordTerm.exec(text)?.[0] === text &&
      !keyword.test(text) &&
      !/^(?:cf\.\w+|[A-Za-z_]+):/.test(text);
  const quoted = plain ? text : `"${text.replace(/["\\]/g, '\\$&')}"`;
  return `${not ? '-' : ''}${field ? `${field}:` : ''}${quoted}`;
}

/** The group as a query; lines without a value are left out. */
export function queryOf({ any, not, parts }: Group, inner = false): string {
  const texts = parts
    .map((part) => (part.kind === 'line' ? lineQuery(part) : queryOf(part, true)))
    .filter(Boolean);
  const text = texts.join(any ? ' OR ' : ' ');
  if (!text) return '';
  if (not) return `-(${text})`;
  return inner && texts.length > 1 ? `(${text})` : text;
}
