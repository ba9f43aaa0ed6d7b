/** The cursor in a link to another page of a list, as the API's `next` and `previous` hold it. */
export function cursorOf(link: string | null | undefined): string | undefined {
  return (link && new URL(link, location.origin).searchParams.get('cursor')) || undefined;
}

interface Page<T> {
  results: T[];
  next: string | null;
}

/** Everything on the pages of a list from its beginning, of `most` pages at most. */
export async function allPages<T>(
  most: number,
  fetch: (cursor: string | undefined) => Promise<Page<T>>,
): Promise<T[]> {
  const all: T[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < most; page += 1) {
    const { results, next } = await fetch(cursor);
    all.push(...results);
    cursor = cursorOf(next);
    if (!cursor) break;
  }
  return all;
}
