const fold = (text: string) => text.toLocaleLowerCase();

/** What was typed begins a word of the name. */
export function begins(text: string, typed: string): boolean {
  const all = fold(text);
  const start = fold(typed);
  return all.startsWith(start) || all.split(/[\s._-]+/).some((word) => word.startsWith(start));
}
