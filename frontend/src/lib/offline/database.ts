import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import type { Me } from '@/lib/api';
import type { Entry } from './state';

/** An answer of the server, kept to be read without it. */
export interface KeptAnswer {
  /** `<person>|<hash of the query>` */
  key: string;
  user: number;
  /** When the server gave it, in epoch milliseconds. */
  at: number;
  data: unknown;
}

interface Schema extends DBSchema {
  answers: { key: string; value: KeptAnswer; indexes: { user: number; age: [number, number] } };
  outbox: { key: number; value: Entry; indexes: { user: number } };
  people: { key: string; value: Me };
}

let opening: Promise<IDBPDatabase<Schema>> | null = null;

/** The browser's database. It may be missing (private windows); then nothing is kept. */
export function database(): Promise<IDBPDatabase<Schema>> {
  opening ??= openDB<Schema>('fixdesk', 1, {
    upgrade(db) {
      const answers = db.createObjectStore('answers', { keyPath: 'key' });
      answers.createIndex('user', 'user');
      answers.createIndex('age', ['user', 'at']);
      const outbox = db.createObjectStore('outbox', { keyPath: 'id', autoIncrement: true });
      outbox.createIndex('user', 'user');
      db.createObjectStore('people');
    },
    // Another tab has a newer version of the app: make room for it.
    blocking: (_from, _to, event) => (event.target as IDBDatabase).close(),
    terminated: () => {
      opening = null;
    },
  }).catch((error) => {
    opening = null;
    throw error;
  });
  return opening;
}

const last = 'last';

/** Who was signed in last, to open the app without a network. */
export async function rememberedPerson(): Promise<Me | null> {
  try {
    return (await (await database()).get('people', last)) ?? null;
  } catch {
    return null;
  }
}

export async function rememberPerson(me: Me): Promise<void> {
  await (await database()).put('people', me, last);
}

/** Forgets what was read, and who read it. What waits to be sent stays. */
export async function forgetReading(): Promise<void> {
  const db = await database();
  await Promise.all([db.clear('answers'), db.clear('people')]);
}

/** Forgets the answers that somebody else got in this browser. */
export async function forgetOthers(user: number): Promise<void> {
  const tx = (await database()).transaction('answers', 'readwrite');
  for (let cursor = await tx.store.openCursor(); cursor; cursor = await cursor.continue()) {
    if (cursor.value.user !== user) await cursor.delete();
  }
  await tx.done;
}
