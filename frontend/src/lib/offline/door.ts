import { ApiError } from '../problem';

/**
 * Which writes may wait while there is no network: those about tickets and what
 * is written on them. Anything that needs an answer at once (sign-in, accounts,
 * changes of many tickets, taking back what is held) fails instead.
 */
const waits: readonly [RegExp, RegExp][] = [
  [/^POST$/, /^\/api\/tickets$/],
  [/^(PUT|PATCH|DELETE)$/, /^\/api\/tickets\/\d+$/],
  [
    /^(POST|PUT|PATCH|DELETE)$/,
    /^\/api\/tickets\/\d+\/(?!drafts|seen|bulk|merge|split|attachments|restore)\w+(\/\w+)*$/,
  ],
  [/^DELETE$/, /^\/api\/tickets\/\d+\/drafts\/\w+$/],
  [/^DELETE$/, /^\/api\/drafts\/ticket$/],
  [/^POST$/, /^\/api\/comments$/],
  [/^(PUT|PATCH|DELETE)$/, /^\/api\/(comments|notes)\/\d+$/],
];

/** Whether a request is a write that can be kept and sent later. */
export function canWait(method: string, path: string): boolean {
  return waits.some(([methods, paths]) => methods.test(method) && paths.test(path));
}

/** Thrown in place of an answer: the write is kept in this browser and sent later. */
export class QueuedError extends ApiError {
  override name = 'QueuedError';
  /** The number of the write in the outbox. */
  readonly entry: number;
  constructor(entry: number) {
    super(0, { code: 'offline.queued' });
    this.entry = entry;
  }
}

/** Whether what was thrown says that the write waits, and is not lost. */
export function isQueued(error: unknown): error is QueuedError {
  return error instanceof QueuedError;
}

/** The outbox as the door to the server knows it; it comes after the first page. */
export interface Keeper {
  /** Whether earlier writes wait, so that this one has to wait behind them. */
  busy: () => boolean;
  keep: (request: Request) => Promise<QueuedError>;
}

let keeper: Keeper | null = null;

export function setKeeper(next: Keeper | null): void {
  keeper = next;
}

export function currentKeeper(): Keeper | null {
  return keeper;
}
