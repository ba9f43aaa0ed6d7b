import { Editor, getSchema } from '@tiptap/core';
import { EditorState, Selection, TextSelection } from '@tiptap/pm/state';
import DOMPurify from 'dompurify';
import { useEffect, useImperativeHandle, useLayoutEffect, useRef } from 'react';
import type { Box, Tool } from './box';
import classes from './editor.module.css';
import { extensions } from './extensions';
import { MarkdownText } from './markdown';

/** What may come in from elsewhere: words and their formatting, nothing that acts or loads. */
const pasteable = {
  ALLOWED_TAGS: [
    ...['p', 'div', 'br', 'hr', 'strong', 'b', 'em', 'i', 'del', 's', 'blockquote', 'pre', 'code'],
    ...['ul', 'ol', 'li', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'a', 'span'],
    ...['table', 'thead', 'tbody', 'tr', 'th', 'td'],
  ],
  ALLOWED_ATTR: ['href', 'start', 'align'],
  ALLOWED_URI_REGEXP: /^(?:https?|mailto):/i,
};

interface RichBoxProps {
  /** Names the box of a draft. */
  kind: string | undefined;
  label: string;
  placeholder: string;
  describedBy?: string;
  invalid: boolean;
  required: boolean;
  text: string;
  /** Another number means: the text comes from elsewhere, show it. */
  revision: number;
  /** Where the caret was in the plain box; null when that did not have the focus. */
  caret: number | null;
  onChange: (text: string) => void;
  onActive: (tools: string) => void;
  onFiles: (files: File[]) => void;
  onRefuse: () => void;
  ref: React.Ref<Box>;
}

/** Formatted text that is Markdown underneath. It renders once: keys do not pass through React. */
export default function RichBox(props: RichBoxProps) {
  const { kind, label, placeholder, describedBy, invalid, required, revision, ref } = props;
  const host = useRef<HTMLDivElement>(null);
  const made = useRef<{ editor: Editor; markdown: MarkdownText } | null>(null);
  const now = useRef(props);
  now.current = props;

  useLayoutEffect(() => {
    const element = host.current;
    if (!element) return;
    const schema = extensions(() => now.current.placeholder);
    const editor: Editor = new Editor({
      element,
      extensions: schema,
      editorProps: {
        attributes: {
          role: 'textbox',
          'aria-multiline': 'true',
          dir: 'auto',
          class: classes.rich ?? '',
        },
        transformPastedHTML: (html) => DOMPurify.sanitize(html, pasteable),
        // What is pasted as plain text is Markdown, as everything here.
        clipboardTextParser: (pasted) => {
          const doc = markdown.parse(pasted);
          return doc.slice(0, doc.content.size);
        },
        handlePaste: (_view, event) => takeFiles(event.clipboardData, event),
        handleDrop: (_view, event) => takeFiles(event.dataTransfer, event),
        handleDOMEvents: {
          // Sending and leaving belong to the page.
          keydown: (_view, event) =>
            event.key === 'Escape' || (event.key === 'Enter' && (event.ctrlKey || event.metaKey)),
        },
      },
      onUpdate: () => now.current.onChange(markdown.write(editor.state.doc)),
      onTransaction: () => now.current.onActive(activeTools(editor)),
    });
    const takeFiles = (data: DataTransfer | null, event: Event) => {
      const files = [...(data?.files ?? [])];
      // Cells of a spreadsheet come as a picture, too; their text is what is meant.
      if (files.length === 0 || data?.types.includes('text/html')) return false;
      event.preventDefault();
      now.current.onFiles(files);
      return true;
    };
    const markdown = new MarkdownText(editor.schema);
    made.current = { editor, markdown };
    const { caret } = now.current;
    show(editor, markdown, now.current.text, caret);
    if (caret !== null) editor.view.focus();
    // The browser would break the line where nothing can be sent. After all others have heard it.
    const still = (event: KeyboardEvent) => {
      const here = event.key === 'Enter' && event.target === editor.view.dom;
      if (here && (event.ctrlKey || event.metaKey)) event.preventDefault();
    };
    addEventListener('keydown', still);
    return () => {
      removeEventListener('keydown', still);
      made.current = null;
      editor.destroy();
    };
  }, []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new revision is what says that the text is new
  useLayoutEffect(() => {
    const { editor, markdown } = made.current ?? {};
    if (!editor || !markdown || markdown.write(editor.state.doc) === now.current.text) return;
    if (!markdown.holds(now.current.text)) setTimeout(() => now.current.onRefuse());
    else show(editor, markdown, now.current.text, null);
  }, [revision]);

  useEffect(() => {
    const dom = made.current?.editor.view.dom;
    if (!dom) return;
    dom.setAttribute('aria-label', label);
    if (kind) dom.dataset.composer = kind;
    dom.setAttribute('aria-placeholder', placeholder);
    if (invalid) dom.setAttribute('aria-invalid', 'true');
    else dom.removeAttribute('aria-invalid');
    if (required) dom.setAttribute('aria-required', 'true');
    else dom.removeAttribute('aria-required');
    if (describedBy) dom.setAttribute('aria-describedby', describedBy);
    else dom.removeAttribute('aria-describedby');
  }, [describedBy, invalid, kind, label, placeholder, required]);

  useImperativeHandle(ref, () => handle(() => made.current), []);
  return <div ref={host} className={classes.host} />;
}

/** Replaces the whole text; what was before cannot be reached by undo. */
function show(editor: Editor, markdown: MarkdownText, text: string, at: number | null): void {
  const { doc, caret } = markdown.read(text, at);
  const end = Selection.atEnd(doc);
  const selection = caret === null ? end : TextSelection.near(doc.resolve(caret));
  const { plugins } = editor.state;
  editor.view.updateState(EditorState.create({ doc, plugins, selection }));
}

const marks = ['bold', 'italic', 'strike', 'code', 'link'];
const blocks = ['bulletList', 'orderedList', 'blockquote'];
const activeTools = (editor: Editor) =>
  [...marks, ...blocks].filter((name) => editor.isActive(name)).join(' ');

function handle(get: () => { editor: Editor; markdown: MarkdownText } | null): Box {
  const editor = () => get()?.editor;
  const run = (tool: Tool) => {
    const chain = editor()?.chain().focus();
    if (!chain) return;
    const actions: Record<Tool, () => NonNullable<typeof chain>> = {
      bold: () => chain.toggleBold(),
      italic: () => chain.toggleItalic(),
      strike: () => chain.toggleStrike(),
      code: () => {
        const { from, to, $from, $to } = editor()?.state.selection ?? {};
        const several = from !== to && $from && $to && !$from.sameParent($to);
        return several ? chain.toggleCodeBlock() : chain.toggleCode();
      },
      bulletList: () => chain.toggleBulletList(),
      orderedList: () => chain.toggleOrderedList(),
      blockquote: () => chain.toggleBlockquote(),
    };
    actions[tool]().run();
  };
  return {
    focus: () => editor()?.view.focus(),
    focused: () => editor()?.view.hasFocus() ?? false,
    caret: () => {
      const { editor, markdown } = get() ?? {};
      return editor && markdown
        ? markdown.caretOf(editor.state.doc, editor.state.selection.head)
        : 0;
    },
    insert: (text) => {
      const { editor, markdown } = get() ?? {};
      if (!editor || !markdown) return;
      const doc = markdown.parse(text);
      const slice = doc.slice(0, doc.content.size);
      const open = doc.childCount === 1 && doc.firstChild?.isTextblock;
      editor.view.dispatch(
        editor.state.tr.replaceSelection(open ? doc.slice(1, doc.content.size - 1) : slice),
      );
      editor.view.focus();
    },
    tool: run,
    link: (address) => {
      const chain = editor()?.chain().focus();
      if (!chain) return;
      if (!address) chain.extendMarkRange('link').unsetLink().run();
      else if (editor()?.state.selection.empty && !editor()?.isActive('link')) {
        const mark = { type: 'link', attrs: { href: address } };
        chain.insertContent({ type: 'text', text: address, marks: [mark] }).run();
      } else chain.extendMarkRange('link').setLink({ href: address }).run();
    },
    target: {
      element: () => editor()?.view.dom ?? null,
      before: () => {
        const one = editor();
        if (!one?.view.hasFocus()) return null;
        const { $from, empty } = one.state.selection;
        if (!empty || !$from.parent.isTextblock || $from.parent.type.spec.code) return null;
        return $from.parent.textBetween(0, $from.parentOffset, '\n', '\ufffc');
      },
      replace: (length, text) => {
        const one = editor();
        if (!one) return;
        const { from } = one.state.selection;
        one.view.dispatch(one.state.tr.insertText(text, from - length, from));
        one.view.focus();
      },
      subscribe: (listener) => {
        const one = editor();
        one?.on('transaction', listener);
        one?.on('focus', listener);
        one?.on('blur', listener);
        return () => {
          one?.off('transaction', listener);
          one?.off('focus', listener);
          one?.off('blur', listener);
        };
      },
    },
  };
}

/** Whether formatted text can say all that a Markdown text says. */
export function canShow(text: string): boolean {
  return new MarkdownText(getSchema(extensions(() => ''))).holds(text);
}
