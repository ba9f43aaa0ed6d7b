export { roles } from './labels';
