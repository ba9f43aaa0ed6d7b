import type { TextTarget } from './text-target';

/** What the buttons of the bar do, whichever box is shown. */
export type Tool =
  | 'bold'
  | 'italic'
  | 'strike'
  | 'code'
  | 'bulletList'
  | 'orderedList'
  | 'blockquote';

/** A box that somebody writes in. */
export interface Box {
  target: TextTarget;
  focus: () => void;
  focused: () => boolean;
  /** Where the caret is in the Markdown. */
  caret: () => number;
  /** Puts Markdown where the caret is. */
  insert: (markdown: string) => void;
  tool: (tool: Tool) => void;
  /** Makes a link of what is selected; null takes it away. */
  link: (address: string | null) => void;
}

/** Uploads files and gives the Markdown that shows them; rejects with what to tell the writer. */
export type TakeFiles = (files: File[]) => Promise<string>;
