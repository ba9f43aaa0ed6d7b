import { Combobox, useCombobox } from '@mantine/core';
import {
  type ComponentType,
  type ReactNode,
  useEffect,
  useId,
  useLayoutEffect,
  useRef,
} from 'react';
import { createPortal } from 'react-dom';
import { useAfterPaint } from '@/lib/after-paint';
import classes from './chooser.module.css';

export interface Choice {
  id: string;
  label: string;
  /** Shown after the label, fainter. */
  hint?: string;
  icon?: ComponentType<{ size?: number; stroke?: number; color?: string }>;
  /** Of the icon, as CSS names it. */
  colour?: string;
  /** Shown at the end, for example keys. */
  end?: ReactNode;
  /** Whether it is what is set now. */
  current?: boolean;
}

export interface ChoiceGroup {
  id: string;
  label?: string;
  choices: Choice[];
}

interface ChooserProps {
  /** What is chosen, for screen readers and as the field's placeholder. */
  title: string;
  groups: ChoiceGroup[];
  query: string;
  onQuery: (query: string) => void;
  /** Said when nothing is left to choose from. */
  nothing: string;
  /** Called after the dialog has closed and the focus is back. */
  onPick: (id: string) => void;
  onClose: () => void;
  /** What it stands beside; the middle of the screen without. */
  anchor?: HTMLElement;
  wide?: boolean;
  /** Whether it stays open after a choice, for the next one. */
  stays?: boolean;
}

/**
 * Finds one of many by typing: a field, and a list below that the arrow keys
 * walk. It has to open within a frame, therefore it is no Modal and no native
 * dialog either: those make the whole page inert, and style it anew. Mount it
 * to open it; the focus goes back to where it was.
 */
export function Chooser(props: ChooserProps) {
  const { title, groups, query, onQuery, nothing, onPick, onClose, anchor, wide, stays } = props;
  const field = useRef<HTMLInputElement>(null);
  const store = useCombobox({ opened: true });
  const list = useId();
  const before = useRef<HTMLElement>(null);
  useLayoutEffect(() => {
    before.current = document.activeElement as HTMLElement | null;
    field.current?.focus({ preventScroll: true });
  }, []);
  // Mantine learns of the list while it mounts, and tells screen readers with the render that follows.
  const whole = useAfterPaint();
  const choices = groups.flatMap((group) => group.choices);
  const ids = choices.map((choice) => choice.id).join();
  // The first of them with the first frame. More are appended, so that what is selected meanwhile stays.
  const enough = whole || query !== '' || choices.slice(atOnce).some((choice) => choice.current);
  const shown = enough ? groups : firstOf(groups, atOnce);
  // To select one, Mantine looks through the whole page: the first frame only shows which it will be.
  const first = choices.find((choice) => choice.current) ?? choices[0];
  const soon = whole || query !== '' ? undefined : first?.id;
  // For which words one has gone through the list.
  const walked = useRef<string>(null);
  const ready = useRef(false);
  const select = () => {
    ready.current = true;
    // More choices that come later do not move what somebody has gone to.
    if (walked.current === query) return;
    // What is set now comes first to hand; of what is typed, the best match.
    const id = (query === '' && store.selectActiveOption()) || store.selectFirstOption();
    // Mantine tells screen readers only of what keys walk to.
    if (id) field.current?.setAttribute('aria-activedescendant', id);
    else field.current?.removeAttribute('aria-activedescendant');
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: whenever other choices are shown
  useEffect(() => {
    if (whole || query !== '') select();
  }, [ids, query, whole]);
  const close = () => {
    before.current?.focus({ preventScroll: true });
    onClose();
  };
  return createPortal(
    <>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: Escape closes it too */}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes it too */}
      <div className={classes.backdrop} data-anchored={anchor ? true : undefined} onClick={close} />
      <div
        role="dialog"
        aria-modal="true"
        className={classes.dialog}
        data-wide={wide || undefined}
        data-anchored={anchor ? true : undefined}
        style={anchor && beside(anchor)}
        aria-label={title}
        // Keys may come before anything is selected.
        onKeyDownCapture={() => ready.current || select()}
        onKeyDown={(event) => {
          // The field is all there is to focus.
          if (event.key === 'Tab') event.preventDefault();
          if (/^(ArrowUp|ArrowDown|Home|End)$/.test(event.key)) walked.current = query;
          if (event.key !== 'Escape') return;
          event.preventDefault();
          close();
        }}
      >
        <Combobox
          store={store}
          onOptionSubmit={(id) => {
            if (!stays) close();
            onPick(id);
          }}
        >
          <Combobox.EventsTarget withExpandedAttribute>
            <input
              ref={field}
              className={classes.field}
              aria-label={title}
              placeholder={title}
              value={query}
              onChange={(event) => {
                walked.current = null;
                onQuery(event.currentTarget.value);
              }}
              autoComplete="off"
              spellCheck={false}
            />
          </Combobox.EventsTarget>
          <Combobox.Options id={list} className={classes.list} aria-label={title}>
            {shown
              .filter((group) => group.choices.length > 0)
              .map((group) => (
                <Combobox.Group key={group.id} label={group.label}>
                  {group.choices.map((choice) => (
                    <Option key={choice.id} choice={choice} soon={choice.id === soon} />
                  ))}
                </Combobox.Group>
              ))}
            {choices.length === 0 && <Combobox.Empty>{nothing}</Combobox.Empty>}
          </Combobox.Options>
        </Combobox>
      </div>
    </>,
    document.body,
  );
}

/** As many choices as fit the first sight of the list. */
const atOnce = 8;

function firstOf(groups: ChoiceGroup[], most: number): ChoiceGroup[] {
  let left = most;
  return groups.map((group) => {
    const choices = group.choices.slice(0, left);
    left -= choices.length;
    return { ...group, choices };
  });
}

/** `soon`: it looks as if it were selected, which it is about to be. */
function Option({ choice, soon }: { choice: Choice; soon: boolean }) {
  const { id, label, hint, icon: Icon, colour, end, current } = choice;
  return (
    <Combobox.Option
      value={id}
      active={current}
      className={classes.option}
      data-soon={soon || undefined}
    >
      {Icon && <Icon size={16} stroke={1.8} color={colour} />}
      <span className={classes.label}>
        <bdi>{label}</bdi>
        {hint && <span className={classes.hint}>{hint}</span>}
      </span>
      {end && <span className={classes.end}>{end}</span>}
    </Combobox.Option>
  );
}

/** Room that the list takes below its anchor, in pixels. */
const room = 340;

/** Below the anchor, or above it where there is more room. */
function beside(anchor: HTMLElement): React.CSSProperties {
  const { left, top, bottom } = anchor.getBoundingClientRect();
  const x = Math.max(8, Math.min(left, innerWidth - 328));
  return bottom + room > innerHeight && top > innerHeight / 2
    ? { left: x, top: 'auto', bottom: innerHeight - top + 4 }
    : { left: x, top: bottom + 4 };
}
