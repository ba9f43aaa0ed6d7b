import { useLingui } from '@lingui/react/macro';
import { IconSearch } from '@tabler/icons-react';
import { useNavigate, useRouterState } from '@tanstack/react-router';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { parseQueueSearch } from '@/features/ticket/search-params';
import { useCommandContext } from '@/lib/commands';
import classes from './top-search.module.css';

/** Milliseconds after the last key before the list follows what was typed. */
const typingPause = 250;

/**
 * Searches tickets from everywhere. On the queue it narrows what is shown
 * while one types; elsewhere Enter leads to the queue.
 */
export function TopSearch() {
  const { t } = useLingui();
  const navigate = useNavigate();
  const here = useRouterState({ select: (state) => state.location });
  const onQueue = here.pathname === '/tickets';
  const value = onQueue ? (parseQueueSearch(here.search).search ?? '') : '';
  const [text, setText] = useState(value);
  const sent = useRef(value);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const field = useRef<HTMLInputElement>(null);
  const [focus] = useState(() => () => field.current?.focus());
  useCommandContext('search', { focus });

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
    const search = next || undefined;
    void navigate({
      to: '/tickets',
      search: (now) =>
        onQueue
          ? { ...parseQueueSearch(now), search, page: undefined, cursor: undefined }
          : { search },
      replace: onQueue,
      resetScroll: !onQueue,
    });
  };
  const change = (next: string) => {
    setText(next);
    clearTimeout(timer.current);
    if (onQueue) timer.current = setTimeout(() => apply(next), typingPause);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    apply(text);
  };
  return (
    <form role="search" className={classes.form} onSubmit={submit}>
      <IconSearch size={16} aria-hidden />
      <input
        ref={field}
        type="search"
        className={classes.field}
        aria-label={t`Search tickets`}
        placeholder={t`Search tickets`}
        value={text}
        onChange={(event) => change(event.currentTarget.value)}
      />
    </form>
  );
}
