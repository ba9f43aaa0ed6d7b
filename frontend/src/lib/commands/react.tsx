import { useLingui } from '@lingui/react/macro';
import { ActionIcon, Button, type ButtonProps, Kbd } from '@mantine/core';
import {
  memo,
  type ReactNode,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react';
import { singleKeysAreOn } from '../shortcuts';
import {
  type Contexts,
  contexts,
  provideContext,
  type Slot,
  subscribeContexts,
  type TicketContext,
} from './contexts';
import { listenForKeys } from './keyboard';
import { ariaKeys, keyCaps, keyText } from './keys';
import { command, type How, isAvailable, keysOf } from './registry';

/**
 * Says what commands act on while this component is there, for example
 * `useCommandContext('ticket', { ticket, back })`; null withdraws it. The value
 * is compared member by member, so give functions that stay the same.
 */
export function useCommandContext<S extends Slot>(
  slot: S,
  value: NonNullable<Contexts[S]> | null,
): void {
  const present = value !== null;
  const latest = useRef(value);
  latest.current = value;
  const handle = useRef<ReturnType<typeof provideContext<S>>>(undefined);
  useLayoutEffect(() => {
    if (!present || !latest.current) return;
    const mine = provideContext(slot, latest.current);
    handle.current = mine;
    return () => {
      handle.current = undefined;
      mine.remove();
    };
  }, [slot, present]);
  useLayoutEffect(() => {
    if (value) handle.current?.update(value);
  }, [value]);
}

/** Listens to the keyboard; once, by the shell. */
export function useCommandKeys(): void {
  useEffect(() => listenForKeys(singleKeysAreOn), []);
}

/**
 * The context for the buttons of one ticket: they act on it, whatever is under
 * the cursor of the list. It stays the same object, so that a change of the
 * ticket renders only the buttons that come or go by it.
 */
export function useTicketScope(ticket: TicketContext): Contexts {
  const latest = useRef(ticket);
  latest.current = ticket;
  const [scope] = useState<Contexts>(() => ({
    list: undefined,
    get ticket() {
      return latest.current;
    },
  }));
  return scope;
}

interface CommandState {
  label: string;
  available: boolean;
  /** The keys as they are shown, such as "g i"; empty without one. */
  keys: string;
  aria: string | undefined;
  run: (how?: Partial<How>) => void;
}

/**
 * A command to build a button of. `on` replaces parts of the context: a button
 * inside a ticket acts on that ticket, wherever the keyboard is.
 */
export function useCommand(id: string, on?: Contexts): CommandState {
  const { i18n } = useLingui();
  const it = command(id);
  const merged = () => ({ ...contexts(), ...on });
  const available = useSyncExternalStore(subscribeContexts, () => isAvailable(it, merged()));
  const keys = keysOf(it)[0];
  return {
    label: i18n._(it.label),
    available,
    keys: keys ? keyText(keys) : '',
    aria: ariaKeys(keys),
    run: (how) => {
      const now = merged();
      if (isAvailable(it, now)) it.run(now, { by: 'button', ...how });
    },
  };
}

interface CommandButtonProps extends Omit<ButtonProps, 'leftSection' | 'children'> {
  id: string;
  on?: Contexts;
  /** Only the icon, with the label for those who do not see it. */
  iconOnly?: boolean;
  /** Shows the key on the button. */
  showKeys?: boolean;
  /** Other words than the command's own. */
  children?: ReactNode;
}

/** The button of a command; nothing while the command cannot be done. */
export const CommandButton = memo(function CommandButton(props: CommandButtonProps) {
  const { id, on, iconOnly, showKeys, children, ...rest } = props;
  const { label, available, keys, aria, run } = useCommand(id, on);
  if (!available) return null;
  const Icon = command(id).icon;
  const common = {
    title: keys ? `${label} (${keys})` : label,
    'aria-keyshortcuts': aria,
    'data-command': id,
    onClick: (event: React.MouseEvent<HTMLElement>) => run({ anchor: event.currentTarget }),
  };
  if (iconOnly) {
    return (
      <ActionIcon variant="subtle" color="gray" aria-label={label} {...common}>
        <Icon size={18} stroke={1.8} />
      </ActionIcon>
    );
  }
  return (
    <Button
      size="xs"
      variant="default"
      leftSection={<Icon size={14} stroke={1.8} />}
      rightSection={showKeys && keys ? <Kbd size="xs">{keys}</Kbd> : undefined}
      {...common}
      {...rest}
    >
      {children ?? label}
    </Button>
  );
});

/** The keys of a command as key caps. */
export function Keys({ keys }: { keys: string }) {
  return (
    <>
      {keyCaps(keys).map((caps, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the same key may come twice
        <span key={at}>
          {at > 0 && ' '}
          {caps.map((cap) => (
            <Kbd key={cap}>{cap}</Kbd>
          ))}
        </span>
      ))}
    </>
  );
}
