import { Trans, useLingui } from '@lingui/react/macro';
import { ActionIcon, Button, Group, TextInput } from '@mantine/core';
import {
  IconBlockquote,
  IconBold,
  IconCode,
  IconItalic,
  IconLink,
  IconList,
  IconListNumbers,
  IconMarkdown,
  IconMoodSmile,
  IconStrikethrough,
} from '@tabler/icons-react';
import { lazy, Suspense, useState } from 'react';
import type { Box, Tool } from './box';
import classes from './editor.module.css';
import type { EditorMode } from './mode';

const EmojiPicker = lazy(() => import('./emoji-picker').then((m) => ({ default: m.EmojiPicker })));

interface ToolBarProps {
  box: () => Box | null;
  rich: boolean;
  /** The names of what is switched on where the caret is. */
  active: string;
  mode: EditorMode;
  onMode: (mode: EditorMode) => void;
}

/** Formatting, links, emoji and the switch between formatted text and Markdown. */
export function ToolBar({ box, rich, active, mode, onMode }: ToolBarProps) {
  const { t } = useLingui();
  const [open, setOpen] = useState<'link' | 'emoji' | null>(null);
  const on = new Set(active.split(' '));
  const tools: { tool: Tool; label: string; icon: typeof IconBold }[] = [
    { tool: 'bold', label: t`Bold`, icon: IconBold },
    { tool: 'italic', label: t`Italic`, icon: IconItalic },
    { tool: 'strike', label: t`Strikethrough`, icon: IconStrikethrough },
    { tool: 'code', label: t`Code`, icon: IconCode },
    { tool: 'bulletList', label: t`List`, icon: IconList },
    { tool: 'orderedList', label: t`Numbered list`, icon: IconListNumbers },
    { tool: 'blockquote', label: t`Quote`, icon: IconBlockquote },
  ];
  const look = { size: 28, variant: 'subtle', color: 'gray' } as const;
  const faint = 'var(--mantine-color-dimmed)';
  const close = () => {
    setOpen(null);
    box()?.focus();
  };
  const plainMode = mode === 'markdown';
  const switchLabel = plainMode ? t`Write formatted text` : t`Write Markdown`;
  return (
    <>
      <div className={classes.bar} role="toolbar" aria-label={t`Formatting`}>
        {tools.map(({ tool, label, icon: Icon }) => (
          <ActionIcon
            key={tool}
            {...look}
            aria-label={label}
            aria-pressed={rich ? on.has(tool) : undefined}
            title={label}
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => box()?.tool(tool)}
          >
            <Icon size={16} color={faint} />
          </ActionIcon>
        ))}
        <ActionIcon
          {...look}
          aria-label={t`Link`}
          title={t`Link`}
          aria-expanded={rich ? open === 'link' : undefined}
          aria-pressed={rich ? on.has('link') : undefined}
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => (rich ? setOpen(open === 'link' ? null : 'link') : box()?.link(null))}
        >
          <IconLink size={16} color={faint} />
        </ActionIcon>
        <ActionIcon
          {...look}
          aria-label={t`Emoji`}
          title={t`Emoji`}
          aria-expanded={open === 'emoji'}
          onClick={() => setOpen(open === 'emoji' ? null : 'emoji')}
        >
          <IconMoodSmile size={16} color={faint} />
        </ActionIcon>
        <ActionIcon
          {...look}
          className={classes.switch}
          aria-label={switchLabel}
          aria-pressed={plainMode}
          title={switchLabel}
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => onMode(plainMode ? 'rich' : 'markdown')}
        >
          <IconMarkdown size={18} color={faint} />
        </ActionIcon>
      </div>
      {open === 'link' && (
        <LinkField
          linked={on.has('link')}
          onClose={close}
          onLink={(address) => {
            setOpen(null);
            box()?.link(address);
          }}
        />
      )}
      {open === 'emoji' && (
        <Suspense fallback={null}>
          <EmojiPicker
            onClose={close}
            onTake={(emoji) => {
              setOpen(null);
              box()?.focus();
              box()?.insert(emoji);
            }}
          />
        </Suspense>
      )}
    </>
  );
}

/** An address as people type it; null for one that is none. */
export function addressOf(typed: string): string | null {
  const text = typed.trim();
  if (/^(?:https?:\/\/|mailto:)\S+$/i.test(text)) return text;
  if (/^[^\s@/:]+@[^\s@/:]+\.[^\s@/:]+$/.test(text)) return `mailto:${text}`;
  return /^[^\s:/@]+\.[^\s:@]+$/.test(text) ? `https://${text}` : null;
}

function LinkField(props: {
  linked: boolean;
  onLink: (address: string | null) => void;
  onClose: () => void;
}) {
  const { t } = useLingui();
  const [typed, setTyped] = useState('');
  const [wrong, setWrong] = useState(false);
  const take = () => {
    const address = addressOf(typed);
    if (address) props.onLink(address);
    else setWrong(true);
  };
  return (
    <Group gap="xs" align="flex-start" role="group" aria-label={t`Link`}>
      <TextInput
        autoFocus
        size="xs"
        className={classes.address}
        aria-label={t`Address of the link`}
        placeholder="https://"
        value={typed}
        error={wrong && t`Begin with https:// or mailto:`}
        onChange={(event) => setTyped(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') take();
          else if (event.key === 'Escape') props.onClose();
          else return;
          event.preventDefault();
          event.stopPropagation();
        }}
      />
      <Button size="xs" onClick={take}>
        <Trans>Set link</Trans>
      </Button>
      {props.linked && (
        <Button size="xs" variant="default" onClick={() => props.onLink(null)}>
          <Trans>Remove link</Trans>
        </Button>
      )}
    </Group>
  );
}
