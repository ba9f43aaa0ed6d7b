/** One line of the builder: a field that has, or has not, a value. */
export interface Line {
  key: number;
  not: boolean;
  field: string;
  value: string;
}

let made = 0;
export const line = (field: string, value = '', not = false): Line => {
  made += 1;
  return { key: made, field, value, not };
};

const term = /^(-|NOT\s+)?(?:((?:cf\.\w+|[A-Za-z_]+)):)?("(?:\\.|[^"\\])*"|[^\s()"]+)\s*/;

/** A query as lines that must all hold, or of which one must; null for what lines cannot say. */
export function linesOf(q: string): { any: boolean; lines: Line[] } | null {
  const lines: Line[] = [];
  const joints = new Set<string>();
  let rest = q.trim();
  while (rest) {
    const joint = /^(OR|AND)\s+/.exec(rest);
    if (joint) rest = rest.slice(joint[0].length);
    if (lines.length > 0) joints.add(joint?.[1] === 'OR' ? 'OR' : 'AND');
    const found = term.exec(rest);
    if (!found || /^(OR|AND|NOT)$/.test(found[3] ?? '')) return null;
    lines.push(line(found[2] ?? '', found[3] ?? '', !!found[1]));
    rest = rest.slice(found[0].length);
  }
  return joints.size > 1 ? null : { any: joints.has('OR'), lines };
}

/** The lines as a query. */
export function queryOf(any: boolean, lines: readonly Line[]): string {
  return lines
    .filter(({ value }) => value.trim())
    .map(({ not, field, value }) => {
      const text = value.trim();
      const plain = /^"(?:\\.|[^"\\])*"$/.test(text) || !/[\s()"]/.test(text);
      const quoted = plain ? text : `"${text.replace(/["\\]/g, '\\$&')}"`;
      return `${not ? '-' : ''}${field ? `${field}:` : ''}${quoted}`;
    })
    .join(any ? ' OR ' : ' ');
}
