export {
  type ComposerContext,
  type Contexts,
  contexts,
  type GlobalContext,
  type ListContext,
  type Place,
  provideContext,
  type SearchContext,
  type Selection,
  type Slot,
  subscribeContexts,
  type TicketContext,
} from './contexts';
export { isTyping } from './keyboard';
export { ariaKeys, keyCaps, keyText, parseKeys } from './keys';
export {
  CommandButton,
  Keys,
  useCommand,
  useCommandContext,
  useCommandKeys,
  useTicketScope,
} from './react';
export {
  allCommands,
  type Command,
  command,
  defineCommand,
  type Group,
  groups,
  type How,
  isAvailable,
  isPermitted,
  keysOf,
  type Scope,
} from './registry';
