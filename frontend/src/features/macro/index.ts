export { ActionsEditor } from './actions-editor';
export { edited, inputOf, useMacros } from './api';
