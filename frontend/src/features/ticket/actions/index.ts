export { ask } from './ask';
export { change } from './carry-out';
export { Pickers } from './pickers';
export { removeTicket } from './remove';
export { type Target, targetOf } from './target';
