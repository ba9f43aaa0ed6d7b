export { useMacros } from './api';
