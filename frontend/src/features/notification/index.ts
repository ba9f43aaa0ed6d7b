export { Bell } from './bell';
export { DeviceSwitch } from './device-switch';
export { useReadOnOpen } from './read-on-open';
