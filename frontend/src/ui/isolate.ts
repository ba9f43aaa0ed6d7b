/** Explicit directional formatting and marks (Unicode UAX #9): they turn the order of a text around. */
const directional = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
/** Characters that take no room, with which one name can be made to look like another one, or like none. */
const unseen =
  /\u034f|\u17b4|\u17b5|[\u00ad\u115f\u1160\u180e\u200b\u2060-\u2064\u2800\u3164\ufeff\uffa0]/g;
/** More marks on one letter than any script needs. */
const piled = /(\p{M}{4})\p{M}+/gu;
const rightToLeft = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]|[\ud802\ud803\ud83a\ud83b]/;

/**
 * A name or title as it may stand within a sentence: nothing in it is unseen or turns
 * the words around it, and one from right to left keeps its order to itself.
 */
export function isolated(text: string): string {
  const calm = text.replace(directional, '').replace(unseen, '').replace(piled, '$1');
  return rightToLeft.test(calm) ? `\u2068${calm}\u2069` : calm;
}
