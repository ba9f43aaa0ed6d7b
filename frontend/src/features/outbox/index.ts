export { OutboxHost } from './outbox-host';
export { OutboxStatus } from './outbox-status';
