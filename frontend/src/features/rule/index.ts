export { ConditionBuilder } from './condition-builder';
