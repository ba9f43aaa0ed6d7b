export { roles } from './labels';
export { PersonSelect } from './person-select';
