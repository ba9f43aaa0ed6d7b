import type { QueryClient } from '@tanstack/react-query';

/**
 * What the server last said of each ticket. The screen may be ahead of it, so a
 * write that waits takes from here what its fields held before.
 */
type Row = Record<string, unknown> & { id: number; version: number };

const tickets = new Map<number, Row>();
/** Longer lists than this are not remembered beyond their newest rows. */
const most = 5000;

function note(row: Row): void {
  const known = tickets.get(row.id);
  if (known && known.version > row.version) return;
  tickets.delete(row.id);
  tickets.set(row.id, row);
  if (tickets.size > most) {
    const first = tickets.keys().next().value;
    if (first !== undefined) tickets.delete(first);
  }
}

/** Takes note of what arrives, but not of what is painted over it. */
export function watchConfirmed(client: QueryClient): () => void {
  return client.getQueryCache().subscribe((event) => {
    if (event.type !== 'updated' || event.action.type !== 'success' || event.action.manual) return;
    const id = (event.query.queryKey[0] as { _id?: string } | undefined)?._id;
    if (id === 'getTicket') note(event.query.state.data as Row);
    else if (id === 'listTickets') {
      const data = event.query.state.data as { results?: Row[]; pages?: { results: Row[] }[] };
      const slices = data.pages ? data.pages.slice(-1) : [{ results: data.results ?? [] }];
      for (const { results } of slices) for (const row of results) note(row);
    }
  });
}

const idOf = (value: unknown) =>
  value && typeof value === 'object' && 'id' in value ? (value as { id: unknown }).id : value;

/** The fields of an object that a write sets, as they are in the given object. */
export function fieldsOf(
  path: string,
  body: Record<string, unknown>,
  object: Record<string, unknown>,
): Record<string, unknown> | null {
  if (path.endsWith('/assign')) return { user_id: idOf(object.assigned_to) ?? null };
  const out: Record<string, unknown> = {};
  for (const name of Object.keys(body)) {
    if (!(name in object)) return null;
    out[name] = idOf(object[name]) ?? null;
  }
  return out;
}

/** What the server holds in the fields that a write is going to set. */
export function fieldsBefore(
  path: string,
  body: Record<string, unknown> | null,
): Record<string, unknown> | null {
  const id = Number(/^\/api\/tickets\/(\d+)(\/assign|\/update_status)?$/.exec(path)?.[1]);
  const row = tickets.get(id);
  return row && body ? fieldsOf(path, body, row) : null;
}

export function forgetConfirmed(): void {
  tickets.clear();
}
