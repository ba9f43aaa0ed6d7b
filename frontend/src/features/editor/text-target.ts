import type { RefObject } from 'react';

/** A place where somebody writes, whichever of the two boxes it is. */
export interface TextTarget {
  element: () => HTMLElement | null;
  /** What stands before the caret in its paragraph; null where nothing is being written. */
  before: () => string | null;
  /** Puts a text in the place of so many characters before the caret. */
  replace: (length: number, text: string) => void;
  /** Calls back when the text or the caret has moved; returns how to stop. */
  subscribe: (listener: () => void) => () => void;
}

/** The plain box; `change` gets the whole text and where the caret is to be. */
export function textareaTarget(
  box: RefObject<HTMLTextAreaElement | null>,
  change: (text: string, caret: number) => void,
): TextTarget {
  return {
    element: () => box.current,
    before: () => {
      const field = box.current;
      if (!field || document.activeElement !== field) return null;
      const { selectionStart: at, selectionEnd, value } = field;
      return at === selectionEnd ? value.slice(value.lastIndexOf('\n', at - 1) + 1, at) : null;
    },
    replace: (length, text) => {
      const field = box.current;
      if (!field) return;
      const { selectionStart, selectionEnd, value } = field;
      const from = selectionStart - length;
      change(value.slice(0, from) + text + value.slice(selectionEnd), from + text.length);
    },
    subscribe: (listener) => {
      const field = box.current;
      const events = ['input', 'keyup', 'click', 'blur'];
      for (const event of events) field?.addEventListener(event, listener);
      return () => {
        for (const event of events) field?.removeEventListener(event, listener);
      };
    },
  };
}
