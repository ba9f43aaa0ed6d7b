import type { QueryField } from '@/lib/api';

/** Something that can stand where the caret is. */
export interface Suggestion {
  /** What is put in place of the word that is being written. */
  text: string;
  /** What it is good for, such as an example. */
  hint: string;
}

/** The word around the caret that a suggestion replaces. */
export function wordAt(text: string, caret: number): { from: number; word: string } {
  let from = 0;
  let quoted = false;
  for (let at = 0; at < caret; at += 1) {
    const letter = text.charAt(at);
    if (letter === '"' && text.charAt(at - 1) !== '\\') quoted = !quoted;
    else if (!quoted && /[\s()]/.test(letter)) from = at + 1;
  }
  return { from, word: text.slice(from, caret) };
}

const most = 8;

/** What may stand at the caret: names of fields, or the values of the one that is named. */
export function complete(
  text: string,
  caret: number,
  fields: readonly QueryField[],
  people: readonly string[],
): Suggestion[] {
  const { word } = wordAt(text, caret);
  const minus = word.startsWith('-') ? '-' : '';
  const typed = word.slice(minus.length).toLowerCase();
  const colon = typed.indexOf(':');
  if (colon < 0) {
    if (!typed || typed.includes('"')) return []; // a phrase
    return fields
      .filter((field) => field.name.startsWith(typed))
      .slice(0, most)
      .map((field) => ({ text: `${minus}${field.name}:`, hint: field.example }));
  }
  const field = fields.find((one) => one.name === typed.slice(0, colon));
  if (!field) return [];
  const values = typed.slice(colon + 1);
  const comma = values.lastIndexOf(',') + 1;
  const begun = values.slice(comma).replaceAll('"', '');
  const taken = `,${values.slice(0, comma)},`;
  const head = `${minus}${field.name}:${values.slice(0, comma)}`;
  const all = field.kind === 'person' ? [...field.values, ...people] : field.values;
  return all
    .filter((value) => value.toLowerCase().startsWith(begun) && value !== begun)
    .filter((value) => !taken.includes(`,${quoted(value).toLowerCase()},`))
    .slice(0, most)
    .map((value) => ({ text: head + quoted(value), hint: '' }));
}

/** A value as it is written: what would end it stands in quotation marks. */
const quoted = (value: string) =>
  /[\s(),"]/.test(value) ? `"${value.replaceAll('"', '\\"')}"` : value;

/** Whether a text is plain words, which can be searched for while they are typed. */
export const isPlain = (text: string): boolean => !/[:"()]|(^|\s)-|\b(OR|AND|NOT)\b/.test(text);
