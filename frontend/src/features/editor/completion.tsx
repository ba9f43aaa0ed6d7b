import { type ReactNode, useCallback, useEffect, useId, useState } from 'react';
import classes from './editor.module.css';
import type { TextTarget } from './text-target';

export interface Option {
  id: string;
  label: ReactNode;
  /** What is written instead of what was typed. */
  text: string;
  /** Fetches longer Markdown that is written instead. */
  load?: () => Promise<string>;
}

/** What is being typed at the caret, and how many characters of it are to be replaced. */
export interface Match {
  query: string;
  length: number;
}

interface CompletionProps {
  target: TextTarget;
  label: string;
  match: (before: string) => Match | null;
  /** A hook: the options for what is typed, none for null. */
  useOptions: (query: string | null) => readonly Option[];
  /** Another number means: the box shows another text, without a key. */
  revision: number;
  /** Takes what an option still has to fetch. */
  onLoad?: (load: () => Promise<string>) => void;
}

/** Offers words while they are being typed: arrows choose, Enter or Tab takes, Escape closes. */
export function Completion(props: CompletionProps) {
  const { target, label, match, useOptions, revision, onLoad } = props;
  const list = useId();
  const [at, setAt] = useState<Match | null>(null);
  const [index, setIndex] = useState(0);
  const [closed, setClosed] = useState(false);
  const options = useOptions(at && !closed ? at.query : null);
  const shown = at && !closed ? options : [];

  const find = useCallback(() => {
    const before = target.before();
    return before === null ? null : match(before);
  }, [match, target]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new revision is what says that the text is new
  useEffect(() => {
    const look = () => {
      const next = find();
      setAt((old) => {
        if (old?.query === next?.query && old?.length === next?.length) return old;
        setIndex(0);
        if (!next || !old) setClosed(false);
        return next;
      });
    };
    look(); // The other box may have taken over in the middle of a word.
    return target.subscribe(look);
  }, [find, target, revision]);

  const take = (option: Option | undefined): boolean => {
    // What was typed may be gone already: sent, or replaced by another text.
    const now = find();
    setAt(null);
    if (!now || !option) return false;
    target.replace(now.length, option.text);
    if (option.load) onLoad?.(option.load);
    return true;
  };

  useEffect(() => {
    const element = target.element();
    if (!element || shown.length === 0) return;
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
      if (event.key === 'ArrowDown') setIndex((i) => (i + 1) % shown.length);
      else if (event.key === 'ArrowUp') setIndex((i) => (i + shown.length - 1) % shown.length);
      else if (event.key === 'Enter' || event.key === 'Tab') {
        if (!take(shown[index])) return;
      } else if (event.key === 'Escape') setClosed(true);
      else return;
      event.preventDefault();
      event.stopImmediatePropagation();
    };
    element.addEventListener('keydown', onKey, true);
    element.setAttribute('aria-activedescendant', `${list}-${index}`);
    return () => {
      element.removeEventListener('keydown', onKey, true);
      element.removeAttribute('aria-activedescendant');
    };
  });

  if (shown.length === 0) return null;
  return (
    <div id={list} role="listbox" aria-label={label} className={classes.options}>
      {shown.map((option, i) => (
        // The keys act in the box, which keeps the focus.
        // biome-ignore lint/a11y/useKeyWithClickEvents: see above
        // biome-ignore lint/a11y/useFocusableInteractive: see above
        <div
          key={option.id}
          id={`${list}-${i}`}
          role="option"
          aria-selected={i === index}
          className={classes.option}
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => take(option)}
        >
          {option.label}
        </div>
      ))}
    </div>
  );
}
