/** A text with what is selected in it afterwards. */
export interface Edited {
  text: string;
  from: number;
  to: number;
}
export type Edit = (text: string, from: number, to: number) => Edited;

/** The marks before and after a selection. */
export interface Marks {
  before: string;
  after: string;
}

/** Puts marks around the selection, or takes them away; several lines may have marks of their own. */
export function wrap(one: Marks, many: Marks = one): Edit {
  return (text, from, to) => {
    const inside = text.slice(from, to);
    const { before, after } = inside.includes('\n') ? many : one;
    if (text.slice(0, from).endsWith(before) && text.slice(to).startsWith(after)) {
      return {
        text: text.slice(0, from - before.length) + inside + text.slice(to + after.length),
        from: from - before.length,
        to: to - before.length,
      };
    }
    return {
      text: text.slice(0, from) + before + inside + after + text.slice(to),
      from: from + before.length,
      to: to + before.length,
    };
  };
}

/** Begins each line of the selection with a mark, or takes the marks away. */
export function lines(mark: (number: number) => string): Edit {
  return (text, from, to) => {
    const start = text.lastIndexOf('\n', from - 1) + 1;
    const stop = text.indexOf('\n', to);
    const end = stop < 0 ? text.length : stop;
    const rows = text.slice(start, end).split('\n');
    const marked = rows.every((row, i) => row.startsWith(mark(i + 1)));
    const changed = rows
      .map((row, i) => (marked ? row.slice(mark(i + 1).length) : mark(i + 1) + row))
      .join('\n');
    return {
      text: text.slice(0, start) + changed + text.slice(end),
      from: rows.length > 1 ? start : start + changed.length,
      to: start + changed.length,
    };
  };
}

/** The name that is being written after an "@" before the caret, or null. */
export function mentionAt(text: string, caret: number): { from: number; name: string } | null {
  const found = /(?:^|[\s(",])@([\p{L}\p{N}._-]*)$/u.exec(text.slice(0, caret));
  return found ? { from: caret - (found[1] ?? '').length, name: found[1] ?? '' } : null;
}
