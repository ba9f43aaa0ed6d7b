import { useLingui } from '@lingui/react/macro';
import { ActionIcon } from '@mantine/core';
import {
  IconBlockquote,
  IconBold,
  IconCode,
  IconItalic,
  IconLink,
  IconList,
  IconListNumbers,
} from '@tabler/icons-react';
import type { RefObject } from 'react';
import classes from './composer.module.css';
import { type Edit, lines, wrap } from './markdown-edit';

const both = (mark: string) => ({ before: mark, after: mark });

/** Buttons that write Markdown around what is selected. */
export function MarkdownBar({
  box,
  onChange,
}: {
  box: RefObject<HTMLTextAreaElement | null>;
  onChange: (text: string) => void;
}) {
  const { t } = useLingui();
  const tools = [
    { label: t`Bold`, icon: IconBold, edit: wrap(both('**')) },
    { label: t`Italic`, icon: IconItalic, edit: wrap(both('_')) },
    { label: t`Code`, icon: IconCode, edit: wrap(both('`'), { before: '```\n', after: '\n```' }) },
    { label: t`Link`, icon: IconLink, edit: wrap({ before: '[', after: '](https://)' }) },
    { label: t`List`, icon: IconList, edit: lines(() => '- ') },
    { label: t`Numbered list`, icon: IconListNumbers, edit: lines((n) => `${n}. `) },
    { label: t`Quote`, icon: IconBlockquote, edit: lines(() => '> ') },
  ];
  const run = (edit: Edit) => {
    const field = box.current;
    if (!field) return;
    const next = edit(field.value, field.selectionStart, field.selectionEnd);
    onChange(next.text);
    // The field takes the text with the next paint; only then can it be selected.
    requestAnimationFrame(() => {
      field.focus();
      field.setSelectionRange(next.from, next.to);
    });
  };
  return (
    <div className={classes.bar} role="toolbar" aria-label={t`Formatting`}>
      {tools.map(({ label, icon: Icon, edit }) => (
        <ActionIcon
          key={label}
          size={28}
          variant="subtle"
          color="gray"
          aria-label={label}
          title={label}
          onClick={() => run(edit)}
        >
          <Icon size={16} color="var(--mantine-color-dimmed)" />
        </ActionIcon>
      ))}
    </div>
  );
}
