import { Trans, useLingui } from '@lingui/react/macro';
import { TextInput } from '@mantine/core';
import { type KeyboardEvent, useMemo, useRef, useState } from 'react';
import classes from './editor.module.css';
import { findEmoji, useEmoji } from './emoji';

const perRow = 8;

/** All emoji in a grid: typing searches, arrows move, Enter takes. */
export function EmojiPicker({
  onTake,
  onClose,
}: {
  onTake: (emoji: string) => void;
  onClose: () => void;
}) {
  const { t, i18n } = useLingui();
  const all = useEmoji(i18n.locale, true);
  const [typed, setTyped] = useState('');
  const [index, setIndex] = useState(0);
  const grid = useRef<HTMLDivElement>(null);
  const found = useMemo(() => findEmoji(all, typed, 160), [all, typed]);
  const at = Math.min(index, found.length - 1);
  const move = (next: number) => {
    const to = Math.max(0, Math.min(found.length - 1, next));
    setIndex(to);
    grid.current?.children[to]?.scrollIntoView({ block: 'nearest' });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const steps: Record<string, number> = {
      ArrowDown: perRow,
      ArrowUp: -perRow,
      ArrowRight: 1,
      ArrowLeft: -1,
    };
    const step = steps[event.key];
    if (step !== undefined) move(at + step);
    else if (event.key === 'Enter') {
      const one = found[at];
      if (one) onTake(one.unicode);
    } else if (event.key === 'Escape') onClose();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div className={classes.picker}>
      <TextInput
        autoFocus
        size="xs"
        aria-label={t`Find an emoji`}
        placeholder={t`Find an emoji`}
        value={typed}
        onChange={(event) => {
          setTyped(event.currentTarget.value);
          setIndex(0);
        }}
        onKeyDown={onKeyDown}
      />
      <div ref={grid} className={classes.grid} role="listbox" aria-label={t`Emoji`}>
        {found.map((one, i) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the keys act in the field above
          // biome-ignore lint/a11y/useFocusableInteractive: the field above keeps the focus
          <span
            key={one.unicode}
            role="option"
            aria-selected={i === at}
            aria-label={one.label}
            title={`${one.label} :${one.names[0]}:`}
            className={classes.emoji}
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => onTake(one.unicode)}
          >
            {one.unicode}
          </span>
        ))}
      </div>
      <p role="status" className={classes.name}>
        {found[at] ? (
          `${found[at].label} :${found[at].names[0]}:`
        ) : all.length > 0 ? (
          <Trans>No emoji of that name</Trans>
        ) : (
          <Trans>Loading</Trans>
        )}
      </p>
    </div>
  );
}
