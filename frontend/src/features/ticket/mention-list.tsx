import { useLingui } from '@lingui/react/macro';
import { type RefObject, useEffect, useState } from 'react';
import { flushSync } from 'react-dom';
import type { User } from '@/lib/api';
import { personName } from '@/ui/person';
import { useAssignees } from './api';
import classes from './composer.module.css';
import { mentionAt } from './markdown-edit';

/** People to call while "@na…" is being written: arrows choose, Enter or Tab takes. */
export function MentionList({
  box,
  text,
  onChange,
}: {
  box: RefObject<HTMLTextAreaElement | null>;
  text: string;
  onChange: (text: string) => void;
}) {
  const { t } = useLingui();
  const [at, setAt] = useState<{ from: number; name: string } | null>(null);
  const [index, setIndex] = useState(0);
  const [closedFor, setClosedFor] = useState<number | null>(null);
  const people = useAssignees(at?.name ?? '', !!at);
  const found = at && at.from !== closedFor ? (people.data?.results ?? []).slice(0, 6) : [];

  // biome-ignore lint/correctness/useExhaustiveDependencies: the caret moves with the text
  useEffect(() => {
    const field = box.current;
    const focused = field && document.activeElement === field;
    setAt(focused ? mentionAt(field.value, field.selectionStart) : null);
    setIndex(0);
  }, [box, text]);

  useEffect(() => {
    const field = box.current;
    if (!field || found.length === 0 || !at) return;
    const take = (person: User | undefined) => {
      if (!person) return;
      const rest = field.value.slice(at.from + at.name.length);
      const next = `${field.value.slice(0, at.from)}${person.username} ${rest.replace(/^ /, '')}`;
      const caret = at.from + person.username.length + 1;
      // At once: the next key may follow before the next frame.
      flushSync(() => {
        onChange(next);
        setAt(null);
      });
      field.focus();
      field.setSelectionRange(caret, caret);
    };
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === 'ArrowDown') setIndex((i) => (i + 1) % found.length);
      else if (event.key === 'ArrowUp') setIndex((i) => (i + found.length - 1) % found.length);
      else if (event.key === 'Enter' || event.key === 'Tab') take(found[index]);
      else if (event.key === 'Escape') setClosedFor(at.from);
      else return;
      event.preventDefault();
      event.stopPropagation();
    };
    field.addEventListener('keydown', onKey);
    return () => field.removeEventListener('keydown', onKey);
  });

  if (found.length === 0 || !at) return null;
  return (
    <ul className={classes.people} aria-label={t`People to mention`}>
      {found.map((person, i) => (
        <li key={person.id}>
          <button
            type="button"
            tabIndex={-1}
            data-on={i === index || undefined}
            onMouseDown={(event) => {
              event.preventDefault();
              const field = box.current;
              if (!field) return;
              const rest = field.value.slice(at.from + at.name.length);
              onChange(`${field.value.slice(0, at.from)}${person.username} ${rest}`);
              setAt(null);
            }}
          >
            {personName(person)} <span>@{person.username}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}
