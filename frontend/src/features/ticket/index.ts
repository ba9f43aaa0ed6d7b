export { ask, change, Pickers, removeTicket, type Target, targetOf } from './actions';
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
