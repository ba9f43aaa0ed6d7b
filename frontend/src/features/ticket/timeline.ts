import type { Comment, Note, TicketEvent } from '@/lib/api';

/** One entry of a ticket's conversation. */
export type Entry =
  | { kind: 'comment'; at: string; key: string; comment: Comment }
  | { kind: 'internal'; at: string; key: string; note: Note }
  | { kind: 'line'; at: string; key: string; comment: Comment }
  | { kind: 'event'; at: string; key: string; event: TicketEvent };

/** Shown elsewhere: as the description, as the comment itself, as its "edited" mark. */
const silent = new Set([
  ...['ticket.created', 'ticket.commented', 'comment.updated'],
  ...['note.created', 'note.updated'],
]);

/** Files that came with a text are shown there; a finished scan is nothing to tell. */
function withItsText(event: TicketEvent): boolean {
  if (/^(note\.attachment_|attachment\.)scanned$/.test(event.type)) return true;
  return /^(note\.attachment_|attachment\.)added$/.test(event.type) && !event.data.later;
}

/** A system comment and the event of the same change are written within one transaction. */
const sameMoment = 5000;

const seed: Record<string, string> = {
  open: 'Open',
  in_progress: 'In Progress',
  resolved: 'Resolved',
  closed: 'Closed',
};

/** What the system comment of an event says, after the API's contract; null when it writes none. */
function systemText(event: TicketEvent): string | null {
  const data = event.data as Record<string, unknown>;
  if (event.type === 'ticket.status_changed') {
    return `Status changed from ${seed[String(data.from)]} to ${seed[String(data.to)]}`;
  }
  if (event.type === 'ticket.assigned') {
    const to = data.to as { username?: string } | null;
    return to?.username ? `Ticket assigned to ${to.username}` : null;
  }
  return null;
}

/**
 * Comments, internal notes and events as one story, oldest first. A change that is both a
 * system comment and an event appears once, as the event: that one can be
 * translated. A system comment without its event (imported data) stays.
 */
export function mergeTimeline(
  comments: readonly Comment[],
  events: readonly TicketEvent[],
  notes: readonly Note[] = [],
): Entry[] {
  const told = events.filter((event) => !silent.has(event.type) && !withItsText(event));
  const open = told
    .map((event) => ({ text: systemText(event), at: Date.parse(event.created_at) }))
    .filter((line) => line.text !== null);
  const entries: Entry[] = told.map((event) => ({
    kind: 'event',
    at: event.created_at,
    key: `e${event.id}`,
    event,
  }));
  for (const comment of comments) {
    const base = { at: comment.created_at, key: `c${comment.id}`, comment };
    if (!comment.is_system_message) {
      entries.push({ kind: 'comment', ...base });
      continue;
    }
    const at = Date.parse(comment.created_at);
    const twin = open.findIndex(
      (line) => line.text === comment.content && Math.abs(line.at - at) <= sameMoment,
    );
    if (twin >= 0) open.splice(twin, 1);
    else entries.push({ kind: 'line', ...base });
  }
  for (const note of notes) {
    entries.push({ kind: 'internal', at: note.created_at, key: `n${note.id}`, note });
  }
  return entries.sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}

/** How many quiet lines in a row are folded into one. */
const foldFrom = 4;

export type Block =
  | { kind: 'entry'; entry: Entry }
  | { kind: 'fold'; key: string; entries: Entry[] };

/** Folds long runs of quiet lines, so that what people wrote stays in view. */
export function foldTimeline(entries: readonly Entry[]): Block[] {
  const blocks: Block[] = [];
  let run: Entry[] = [];
  const flush = () => {
    const first = run[0];
    if (first && run.length >= foldFrom) {
      blocks.push({ kind: 'fold', key: `f${first.key}`, entries: run });
    } else {
      blocks.push(...run.map((entry) => ({ kind: 'entry' as const, entry })));
    }
    run = [];
  };
  for (const entry of entries) {
    if (entry.kind === 'comment' || entry.kind === 'internal') {
      flush();
      blocks.push({ kind: 'entry', entry });
    } else {
      run.push(entry);
    }
  }
  flush();
  return blocks;
}

/** Who wrote or did an entry; 0 for the system. */
function actorOf(entry: Entry): number {
  switch (entry.kind) {
    case 'event':
      return entry.event.actor?.id ?? 0;
    case 'internal':
      return entry.note.author.id;
    default:
      return entry.comment.author.id;
  }
}

/** The key of the first entry that somebody else made after my last look; null for none. */
export function firstUnseen(
  entries: readonly Entry[],
  seenAt: string | null,
  me: number,
): string | null {
  if (!seenAt) return null;
  const since = Date.parse(seenAt);
  const found = entries.find((entry) => Date.parse(entry.at) > since && actorOf(entry) !== me);
  return found?.key ?? null;
}
