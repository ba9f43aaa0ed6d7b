/** What is edited of a ticket. */
export type Texts = {
  title: string;
  description: string;
};
export type TextField = keyof Texts;
const fields: TextField[] = ['title', 'description'];

/**
 * Puts an edit together with what somebody else changed since it began: each
 * field as whoever changed it wants it. Fields that both changed, differently,
 * are left to the reader.
 */
export function mergeTexts(
  base: Texts,
  theirs: Texts,
  mine: Texts,
): { merged: Texts; conflicts: TextField[] } {
  const merged = { ...mine };
  const conflicts: TextField[] = [];
  for (const field of fields) {
    if (mine[field] === base[field]) merged[field] = theirs[field];
    else if (theirs[field] !== base[field] && theirs[field] !== mine[field]) conflicts.push(field);
  }
  return { merged, conflicts };
}

/** The fields that differ from what is there. */
export function changedTexts(from: Texts, to: Texts): Partial<Texts> {
  return Object.fromEntries(
    fields.filter((field) => from[field] !== to[field]).map((field) => [field, to[field]]),
  );
}
