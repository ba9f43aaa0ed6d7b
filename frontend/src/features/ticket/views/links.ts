import { defaultSort, type QueueSearch, type Sort } from '../search-params';
import type { View } from './api';

/** What the address of a saved view says: its query stands in the search box, to go on from. */
export function viewSearch(view: View): QueueSearch {
  return {
    view: String(view.id),
    ...(view.q && { q: view.q }),
    ...(view.sort !== defaultSort && { sort: view.sort as Sort }),
  };
}

/** The saved view that a list shows, if it shows one. */
export function viewOf(search: QueueSearch, views: readonly View[]): View | undefined {
  return views.find(({ id }) => String(id) === search.view);
}
