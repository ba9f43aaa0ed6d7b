import type { QueueSearch } from './search-params';

let last: QueueSearch = {};

/** Remembers what the queue shows, so that tickets lead back to it. */
export function rememberQueue(search: QueueSearch): void {
  last = search;
}

/** The queue as it was left. */
export function lastQueue(): QueueSearch {
  return last;
}
