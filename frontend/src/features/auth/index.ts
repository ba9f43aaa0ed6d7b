export { useConfig } from './api';
