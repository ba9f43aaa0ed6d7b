import { useLingui } from '@lingui/react/macro';
import { IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useRouter, useRouterState } from '@tanstack/react-router';
import { type FormEvent, type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { complete, isPlain, type Suggestion, wordAt } from '@/features/ticket/query-complete';
import { parseQueueSearch } from '@/features/ticket/search-params';
import { listAssigneesOptions, listQueryFieldsOptions } from '@/lib/api/@tanstack/react-query.gen';
import { useCan } from '@/lib/can';
import { useCommandContext } from '@/lib/commands';
import classes from './top-search.module.css';

/** Milliseconds after the last key before the list follows what was typed. */
const typingPause = 250;

/**
 * Searches tickets from everywhere, by words or in the query language, which it
 * completes. On the list, plain words narrow what is shown while one types;
 * everything else waits for Enter.
 */
export function TopSearch() {
  const { t } = useLingui();
  const works = useCan('ticket.queue');
  const navigate = useNavigate();
  const router = useRouter();
  // What the list beside finds; null where there is none.
  const here = useRouterState({
    select: ({ location }) =>
      /^\/tickets(\/\d+)?$/.test(location.pathname)
        ? (parseQueueSearch(location.search).q ?? '')
        : null,
  });
  const beside = here !== null;
  const value = here ?? '';
  const onList = () => router.state.location.pathname === '/tickets';
  const [text, setText] = useState(value);
  const sent = useRef(value);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const field = useRef<HTMLInputElement>(null);
  const [focus] = useState(() => () => field.current?.focus());
  useCommandContext('search', { focus });
  const help = useSuggestions(text);
  const list = useId();

  // The URL changed by other means: back, a link, "clear filters".
  useEffect(() => {
    if (value === sent.current) return;
    sent.current = value;
    setText(value);
  }, [value]);
  useEffect(() => () => clearTimeout(timer.current), []);

  const apply = (next: string) => {
    clearTimeout(timer.current);
    sent.current = next;
    const q = next || undefined;
    void navigate({
      to: '/tickets',
      search: (now) =>
        beside ? { ...parseQueueSearch(now), q, page: undefined, cursor: undefined } : { q },
      replace: onList(),
      resetScroll: !onList(),
    });
  };
  const change = (next: string) => {
    setText(next);
    help.look(field.current);
    clearTimeout(timer.current);
    if (onList() && isPlain(next)) timer.current = setTimeout(() => apply(next), typingPause);
  };
  const take = (one: Suggestion) => {
    const input = field.current;
    if (!input) return;
    const caret = input.selectionStart ?? text.length;
    const { from } = wordAt(text, caret);
    const space = one.text.endsWith(':') ? '' : ' ';
    const next = text.slice(0, from) + one.text + space + text.slice(caret).replace(/^ /, '');
    const at = from + one.text.length + space.length;
    // At once: the next key may follow before the next frame.
    flushSync(() => setText(next));
    input.focus();
    input.setSelectionRange(at, at);
    help.look(input);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const { found, index, move, close } = help;
    if (found.length === 0) return;
    if (event.key === 'ArrowDown') move(1);
    else if (event.key === 'ArrowUp') move(-1);
    else if (event.key === 'Escape') close();
    else if ((event.key === 'Enter' || event.key === 'Tab') && found[index]) take(found[index]);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    help.close();
    apply(text);
  };
  const open = help.found.length > 0;
  return (
    <form role="search" className={classes.form} onSubmit={submit} data-tour="search">
      <IconSearch size={16} aria-hidden />
      <input
        ref={field}
        type="search"
        className={classes.field}
        aria-label={t`Search tickets`}
        placeholder={
          works ? t`Search: words, status:open, assignee:me …` : t`Search what you reported`
        }
        aria-autocomplete="list"
        aria-controls={open ? list : undefined}
        aria-activedescendant={open && help.index >= 0 ? `${list}-${help.index}` : undefined}
        autoComplete="off"
        spellCheck={false}
        value={text}
        onChange={(event) => change(event.currentTarget.value)}
        onKeyDown={onKeyDown}
        onFocus={() => help.load()}
        onBlur={() => help.close()}
      />
      {open && (
        <div id={list} role="listbox" aria-label={t`Suggestions`} className={classes.list}>
          {help.found.map((one, i) => (
            // biome-ignore lint/a11y/useFocusableInteractive: the field keeps the focus and names the option
            // biome-ignore lint/a11y/useKeyWithClickEvents: the field hears the keys
            <div
              key={one.text}
              id={`${list}-${i}`}
              role="option"
              aria-selected={i === help.index}
              className={classes.option}
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => take(one)}
            >
              <span>{one.text}</span>
              <span className={classes.example}>{one.hint}</span>
            </div>
          ))}
        </div>
      )}
    </form>
  );
}

/** What completes the word at the caret. */
function useSuggestions(text: string) {
  const [wanted, setWanted] = useState(false);
  const [caret, setCaret] = useState<number | null>(null);
  const [index, setIndex] = useState(-1);
  const fields = useQuery({ ...listQueryFieldsOptions(), enabled: wanted, staleTime: Infinity });
  const knows = useCan('ticket.work');
  const people = useQuery({
    ...listAssigneesOptions({ query: { page_size: 50 } }),
    enabled: wanted && knows,
    staleTime: 60_000,
  });
  const names = people.data?.results.map((one) => one.username) ?? [];
  const found = caret === null ? [] : complete(text, caret, fields.data?.fields ?? [], names);
  return {
    found,
    index: Math.min(index, found.length - 1),
    load: () => setWanted(true),
    look: (input: HTMLInputElement | null) => {
      setWanted(true);
      setCaret(input?.selectionStart ?? null);
      setIndex(-1);
    },
    move: (by: number) =>
      setIndex((now) => (Math.max(now, by > 0 ? -1 : 0) + by + found.length) % found.length),
    close: () => setCaret(null),
  };
}
