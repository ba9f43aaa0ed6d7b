export { ask } from './ask';
export { BulkProgress, SelectionBar } from './bulk-bar';
export { runMany } from './bulk-runs';
export { patchTicket, showAnswer } from './cache';
export { change, remove } from './carry-out';
export { follow } from './follow';
export { carryOutActions } from './macros';
export { Pickers } from './pickers';
export { type Target, targetOf } from './target';
