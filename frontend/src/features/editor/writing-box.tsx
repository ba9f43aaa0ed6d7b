import { Trans, useLingui } from '@lingui/react/macro';
import { Input, Loader } from '@mantine/core';
import {
  type ReactNode,
  useCallback,
  useEffect,
  useId,
  useImperativeHandle,
  useMemo,
  useRef,
  useState,
} from 'react';
import { flushSync } from 'react-dom';
import type { Box, TakeFiles } from './box';
import { Completion, type Match, type Option } from './completion';
import classes from './editor.module.css';
import { findEmoji, useEmoji } from './emoji';
import { mentionAt } from './markdown-edit';
import { useEditorMode } from './mode';
import { PlainBox } from './plain-box';
import type { TextTarget } from './text-target';
import { ToolBar } from './tool-bar';

export interface WritingBoxHandle {
  focus: () => void;
  focused: () => boolean;
}

interface WritingBoxProps {
  /** Names the box in the page: no two of a page are alike. */
  kind: string;
  label: string;
  icon?: ReactNode;
  labelClass?: string;
  placeholder?: string;
  /** What helps to write it, below the label. */
  description?: string;
  required?: boolean;
  /** For screen readers only: the label is not shown. */
  hideLabel?: boolean;
  /** How many lines it has room for at least. */
  rows?: number;
  /** Whether the text survives a reload of the page, as drafts do. */
  kept?: boolean;
  /** The Markdown to begin with. What is typed does not come back through this. */
  text: string;
  /** Another number means that `text` is to be shown now. */
  revision: number;
  onChange: (text: string) => void;
  error?: ReactNode;
  /** Takes pasted and dropped files and gives the Markdown that shows them. */
  onFiles?: TakeFiles;
  /** A hook that finds whom to mention; without it, nobody is offered. */
  useMentions?: (query: string | null) => readonly Option[];
  /** A hook that finds prepared texts; without it, none are offered. */
  useSnippets?: (query: string | null) => readonly Option[];
  ref?: React.Ref<WritingBoxHandle>;
}

type Rich = typeof import('./rich-box');
let rich: Rich | null = null;
const load = async () => {
  rich ??= await import('./rich-box');
};

const mention = (before: string): Match | null => {
  const found = mentionAt(before, before.length);
  return found && { query: found.name, length: found.name.length };
};
const snippet = (before: string): Match | null => {
  const name = /(?:^|\s);([\p{L}\p{N}][\p{L}\p{N} _-]{0,40})?$/u.exec(before);
  return name ? { query: name[1] ?? '', length: (name[1] ?? '').length + 1 } : null;
};
const emojiName = (before: string): Match | null => {
  const name = /(?:^|[\s(]):([\p{L}\p{N}_+-]{2,})$/u.exec(before)?.[1];
  return name ? { query: name, length: name.length + 1 } : null;
};

function useEmojiOptions(query: string | null): readonly Option[] {
  const { i18n } = useLingui();
  const all = useEmoji(i18n.locale, query !== null);
  return useMemo(
    () =>
      query === null
        ? []
        : findEmoji(all, query, 6).map((one) => ({
            id: one.unicode,
            text: `${one.unicode} `,
            label: `${one.unicode} :${one.names[0]}:`,
          })),
    [all, query],
  );
}

/** What is shown, and with what it began. */
interface Shown {
  rich: boolean;
  text: string;
  revision: number;
  caret: number | null;
}

/**
 * A box for Markdown. It is a plain one at first; formatted text takes over where
 * that is wanted, once it is loaded, with the text and the caret as they are.
 */
export function WritingBox(props: WritingBoxProps) {
  const { kind, label, icon, labelClass, placeholder = '', text, revision, onChange, ref } = props;
  const {
    error,
    onFiles,
    useMentions,
    useSnippets,
    description,
    required,
    hideLabel,
    kept,
    rows = 2,
  } = props;
  const { t } = useLingui();
  const [mode, setMode] = useEditorMode();
  const [shown, setShown] = useState<Shown>({ rich: false, text, revision, caret: null });
  const [active, setActive] = useState('');
  const [unfit, setUnfit] = useState(false);
  const [files, setFiles] = useState<'busy' | string | null>(null);
  const problem = useId();
  const box = useRef<Box>(null);
  const frame = useRef<HTMLDivElement>(null);
  const latest = useRef({ text, revision });
  if (latest.current.revision !== revision) latest.current = { text, revision };
  const composing = useRef(false);
  const wanted = useRef(mode);
  wanted.current = mode;

  const write = (next: string) => {
    latest.current.text = next;
    onChange(next);
  };
  const exchange = useCallback((toRich: boolean) => {
    const caret = box.current?.focused() ? box.current.caret() : null;
    // At once: no key may fall between the two.
    flushSync(() => setShown({ ...latest.current, rich: toRich, caret }));
  }, []);
  const enter = useCallback(async () => {
    if (wanted.current !== 'rich') return;
    // Offline, or a new version is out: the plain box does as well.
    await load().catch(() => {});
    if (!rich || !frame.current?.querySelector('textarea') || composing.current) return;
    if (wanted.current !== 'rich') return;
    const fits = rich.canShow(latest.current.text);
    setUnfit(!fits);
    if (fits) exchange(true);
  }, [exchange]);
  const leave = useCallback(() => exchange(false), [exchange]);

  // The other box, or another tab, has changed what is wanted.
  useEffect(() => {
    if (mode === 'markdown' && shown.rich) leave();
  }, [leave, mode, shown.rich]);

  useImperativeHandle(ref, () => ({
    focus: () => box.current?.focus(),
    focused: () => box.current?.focused() ?? false,
  }));

  const take = async (list: File[]) => {
    if (!onFiles) return setFiles(t`Files cannot be attached yet. Your text is still here.`);
    setFiles('busy');
    try {
      const shows = await onFiles(list);
      if (shows) box.current?.insert(shows);
      setFiles(null);
    } catch (reason) {
      setFiles(reason instanceof Error ? reason.message : String(reason));
    }
  };

  const target = useMemo<TextTarget>(() => {
    const inner = () => box.current?.target;
    return {
      element: () => inner()?.element() ?? null,
      before: () => inner()?.before() ?? null,
      replace: (length, next) => inner()?.replace(length, next),
      subscribe: (listener) => inner()?.subscribe(listener) ?? (() => {}),
    };
  }, []);

  const says = files && files !== 'busy' ? files : error;
  const start = shown.revision === revision ? shown.text : text;
  const Rich = rich?.default;
  const hint = useId();
  const describedBy = [says && problem, description && hint].filter(Boolean).join(' ');
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: only hears that the box within is being used
    <div
      ref={frame}
      className={classes.frame}
      style={{ '--fd-rows': rows } as React.CSSProperties}
      onFocus={() => {
        // After the click has set the caret.
        if (!shown.rich && mode === 'rich') setTimeout(() => void enter());
      }}
      onKeyDown={(event) => {
        // Out of the box, so that the keys of the page act again.
        const field = event.target as HTMLElement;
        if (event.key === 'Escape' && field === box.current?.target.element()) field.blur();
      }}
      onCompositionStart={() => {
        composing.current = true;
      }}
      onCompositionEnd={() => {
        composing.current = false;
        if (!shown.rich && mode === 'rich') setTimeout(() => void enter());
      }}
    >
      {!hideLabel && (
        <Input.Label
          labelElement="div"
          required={required}
          className={labelClass}
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => box.current?.focus()}
        >
          {icon} {label}
        </Input.Label>
      )}
      {description && <Input.Description id={hint}>{description}</Input.Description>}
      <ToolBar
        box={() => box.current}
        rich={shown.rich}
        active={active}
        mode={mode}
        onMode={(next) => {
          setMode(next);
          wanted.current = next;
          if (next === 'rich') void enter();
          else setUnfit(false);
        }}
      />
      {shown.rich && Rich ? (
        <Input.Wrapper error={says} errorProps={{ id: problem }}>
          <Rich
            ref={box}
            kind={kept ? kind : undefined}
            label={label}
            placeholder={placeholder}
            invalid={!!says}
            required={!!required}
            describedBy={describedBy || undefined}
            text={start}
            revision={revision}
            caret={shown.caret}
            onChange={write}
            onActive={setActive}
            onFiles={(list) => void take(list)}
            onRefuse={() => {
              setUnfit(true);
              leave();
            }}
          />
        </Input.Wrapper>
      ) : (
        <PlainBox
          ref={box}
          data-composer={kept ? kind : undefined}
          aria-label={label}
          aria-description={description}
          aria-required={required}
          minRows={rows}
          maxRows={Math.max(12, 4 * rows)}
          placeholder={placeholder}
          error={says}
          text={start}
          revision={revision}
          caret={shown.caret}
          onWrite={write}
          onFiles={(list) => void take(list)}
        />
      )}
      {files === 'busy' && <Loader size="xs" aria-label={t`Uploading`} />}
      {unfit && (
        <p className={classes.hint} role="status">
          <Trans>This text has formatting that only Markdown shows as it is.</Trans>
        </p>
      )}
      {useMentions && (
        <Completion
          key={`@${shown.rich}`}
          target={target}
          label={t`People to mention`}
          match={mention}
          revision={revision}
          useOptions={useMentions}
        />
      )}
      {useSnippets && (
        <Completion
          key={`;${shown.rich}`}
          target={target}
          label={t`Macros`}
          match={snippet}
          revision={revision}
          useOptions={useSnippets}
          onLoad={async (load) => {
            setFiles('busy');
            try {
              const loaded = await load();
              // The formatted box may have taken over meanwhile.
              box.current?.insert(loaded);
              setFiles(null);
            } catch (reason) {
              setFiles(reason instanceof Error ? reason.message : String(reason));
            }
          }}
        />
      )}
      <Completion
        key={`:${shown.rich}`}
        target={target}
        label={t`Emoji`}
        match={emojiName}
        revision={revision}
        useOptions={useEmojiOptions}
      />
    </div>
  );
}
