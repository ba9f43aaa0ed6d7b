export {
  ask,
  BulkProgress,
  change,
  follow,
  Pickers,
  remove,
  SelectionBar,
  type Target,
  targetOf,
} from './actions';
export { toggleTimer } from './depth/timer';
export { spellHours } from './duration';
export { askForWhom } from './for-whom';
export {
  type Channel,
  channels,
  type Priority,
  priorities,
  priorityKeys,
  type Status,
  statuses,
  statusKeys,
} from './labels';
export { lastQueue } from './last-queue';
export { FinerPill } from './pills';
export { cancelEntry } from './queued-cancel';
export { describeEntry, fieldsInWords, ticketOf } from './queued-words';
export { unfinished } from './search-params';
export { SlaClocks } from './sla-clocks';
export { SlaPill, targets } from './sla-labels';
export { TicketRow } from './ticket-row';
export {
  askAboutViews,
  useViewCounts,
  useViews,
  type ViewCount,
  ViewDialogs,
  viewSearch,
} from './views';
