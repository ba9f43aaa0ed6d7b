/** What is remembered of a list in this tab, over a reload and the way back. */
export interface ListMemory {
  ids: readonly number[];
  matching: Matching | null;
  /** Pixels from the top. */
  offset: number;
}

/** Everything that a query finds, instead of single tickets. */
export interface Matching {
  q: string;
  count: number;
  /** There are more than are counted. */
  more: boolean;
}

const place = 'fixdesk.lists';
/** So many lists are remembered, the latest. */
const most = 10;

const empty: ListMemory = { ids: [], matching: null, offset: 0 };

type Stored = [key: string, memory: ListMemory][];

function read(): Stored {
  try {
    const stored: unknown = JSON.parse(sessionStorage.getItem(place) ?? '[]');
    return Array.isArray(stored) ? (stored as Stored) : [];
  } catch {
    return [];
  }
}

/** What is remembered of the list with this key. */
export function recall(key: string): ListMemory {
  return { ...empty, ...read().find(([one]) => one === key)?.[1] };
}

/** Remembers something of a list. */
export function remember(key: string, part: Partial<ListMemory>): void {
  const others = read().filter(([one]) => one !== key);
  const stored: Stored = [[key, { ...recall(key), ...part }], ...others];
  try {
    sessionStorage.setItem(place, JSON.stringify(stored.slice(0, most)));
  } catch {
    // Without storage it lasts as long as the page.
  }
}
