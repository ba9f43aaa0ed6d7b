export {
  type Priority,
  priorities,
  priorityKeys,
  type Status,
  statuses,
  statusKeys,
} from './labels';
export { parseQueueSearch, type QueueSearch } from './search-params';
export { TicketRow } from './ticket-row';
