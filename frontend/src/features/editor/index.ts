export type { TakeFiles } from './box';
export type { Option } from './completion';
export { WritingBox, type WritingBoxHandle } from './writing-box';
