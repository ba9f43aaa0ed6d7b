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
  const before = text.slice(0, caret);
  const from = before.search(/[^\s()]*$/);
  return { from, word: before.slice(from) };
}

const most = 8;

/** What may stand at the caret: names of fields, or the values of the one that is named. */
export function complete(
  text: string,
  caret: number,
  fields: readonly QueryField[],
  people: readonly string[],
): Suggestion[] {
  // Inside of quotation marks everything is text.
  if ((text.slice(0, caret).split('"').length - 1) % 2 === 1) return [];
  const { word } = wordAt(text, caret);
  const minus = word.startsWith('-') ? '-' : '';
  const typed = word.slice(minus.length).toLowerCase();
  const colon = typed.indexOf(':');
  if (colon < 0) {
    if (!typed) return [];
    return fields
      .filter((field) => field.name.startsWith(typed))
      .slice(0, most)
      .map((field) => ({ text: `${minus}${field.name}:`, hint: field.example }));
  }
  const field = fields.find((one) => one.name === typed.slice(0, colon));
  if (!field) return [];
  const values = typed.slice(colon + 1);
  const comma = values.lastIndexOf(',') + 1;
  const begun = values.slice(comma);
  const head = `${minus}${field.name}:${values.slice(0, comma)}`;
  const all = field.kind === 'person' ? [...field.values, ...people] : field.values;
  return all
    .filter((value) => value.toLowerCase().startsWith(begun) && value !== begun)
    .slice(0, most)
    .map((value) => ({ text: head + value, hint: '' }));
}

/** Whether a text is plain words, which can be searched for while they are typed. */
export const isPlain = (text: string): boolean => !/[:"()]|(^|\s)-|\b(OR|AND|NOT)\b/.test(text);
