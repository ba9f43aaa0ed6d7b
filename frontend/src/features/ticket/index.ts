export {
  ask,
  BulkProgress,
  change,
  Pickers,
  remove,
  SelectionBar,
  type Target,
  targetOf,
} from './actions';
export {
  type Priority,
  priorities,
  priorityKeys,
  type Status,
  statuses,
  statusKeys,
} from './labels';
export { unfinished } from './search-params';
export { TicketRow } from './ticket-row';
