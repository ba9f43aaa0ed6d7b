import { Textarea, type TextareaProps } from '@mantine/core';
import { useImperativeHandle, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import type { Box, Tool } from './box';
import { type Edit, lines, wrap } from './markdown-edit';
import { textareaTarget } from './text-target';

const both = (mark: string) => ({ before: mark, after: mark });
const edits: Record<Tool, Edit> = {
  bold: wrap(both('**')),
  italic: wrap(both('_')),
  strike: wrap(both('~~')),
  code: wrap(both('`'), { before: '```\n', after: '\n```' }),
  bulletList: lines(() => '- '),
  orderedList: lines((n) => `${n}. `),
  blockquote: lines(() => '> '),
};

interface PlainBoxProps extends Omit<TextareaProps, 'ref' | 'value' | 'onChange'> {
  text: string;
  revision: number;
  caret: number | null;
  onWrite: (text: string) => void;
  onFiles: (files: File[]) => void;
  ref: React.Ref<Box>;
}

/** Markdown as it is. It is there at once, while the formatted box is still being loaded. */
export function PlainBox(props: PlainBoxProps) {
  const { text, revision, caret, onWrite, onFiles, ref, ...rest } = props;
  const box = useRef<HTMLTextAreaElement>(null);
  const [own, setOwn] = useState({ text, revision });
  if (own.revision !== revision) setOwn({ text, revision });
  const value = own.revision === revision ? own.text : text;
  const now = useRef({ onWrite, revision });
  now.current = { onWrite, revision };

  const handle = useMemo<Box>(() => {
    const change = (next: string, from: number, to = from) => {
      // At once: the next key may follow before the next frame.
      flushSync(() => setOwn({ text: next, revision: now.current.revision }));
      now.current.onWrite(next);
      box.current?.focus();
      box.current?.setSelectionRange(from, to);
    };
    const run = (edit: Edit) => {
      const field = box.current;
      if (!field) return;
      const next = edit(field.value, field.selectionStart, field.selectionEnd);
      change(next.text, next.from, next.to);
    };
    const target = textareaTarget(box, change);
    return {
      target,
      focus: () => box.current?.focus(),
      focused: () => document.activeElement === box.current,
      caret: () => box.current?.selectionStart ?? 0,
      insert: (markdown) => target.replace(0, markdown),
      tool: (tool) => run(edits[tool]),
      link: (address) => run(wrap({ before: '[', after: `](${address ?? 'https://'})` })),
    };
  }, []);
  useImperativeHandle(ref, () => handle, [handle]);

  useLayoutEffect(() => {
    if (caret === null) return;
    box.current?.focus();
    box.current?.setSelectionRange(caret, caret);
  }, [caret]);

  return (
    <Textarea
      {...rest}
      rows={rest.minRows}
      // The style sheet lets it grow: a script would lay the page out twice for each key.
      styles={{
        input: {
          fieldSizing: 'content',
          minHeight: `calc(${rest.minRows ?? 2}lh + 1rem)`,
          maxHeight: `calc(${rest.maxRows ?? 12}lh + 1rem)`,
        } as React.CSSProperties,
      }}
      ref={box}
      dir="auto"
      value={value}
      onChange={(event) => {
        setOwn({ text: event.currentTarget.value, revision });
        onWrite(event.currentTarget.value);
      }}
      onPaste={(event) => {
        const { files, types } = event.clipboardData;
        if (files.length === 0 || types.includes('text/plain')) return;
        event.preventDefault();
        onFiles([...files]);
      }}
      onDrop={(event) => {
        if (event.dataTransfer.files.length === 0) return;
        event.preventDefault();
        onFiles([...event.dataTransfer.files]);
      }}
    />
  );
}
