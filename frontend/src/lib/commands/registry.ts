import type { MessageDescriptor } from '@lingui/core';
import type { ComponentType } from 'react';
import type { Permission } from '../can';
import type { Contexts } from './contexts';
import { parseKeys } from './keys';

/** The headings of the palette and of the list of keys, in their order. */
export const groups = ['ticket', 'write', 'list', 'go', 'general'] as const;
export type Group = (typeof groups)[number];

/** Where a command has something to act on. */
export type Scope = 'global' | 'list' | 'ticket' | 'composer';

/** Where a command was called from. */
export interface How {
  by: 'key' | 'button' | 'palette' | 'bulk';
  /** The button, so that what opens can stand beside it. */
  anchor?: HTMLElement;
}

/** One thing that can be done: it yields a button, a key, a palette entry and a line of help. */
export interface Command {
  /** Such as `ticket.assign`. */
  id: string;
  group: Group;
  /** Verb with its object. */
  label: MessageDescriptor;
  icon: ComponentType<{ size?: number; stroke?: number }>;
  scope: Scope;
  /** See keys.ts; the first is the one that is shown. */
  keys?: string | readonly string[];
  /** More words by which the palette finds it. */
  words?: MessageDescriptor;
  /** Whether it can be done to a selection of many at once. */
  bulk?: boolean;
  /** Whether holding its key repeats it. */
  repeats?: boolean;
  /** Whether its key acts in fields; by default exactly when it holds a modifier. */
  whileTyping?: boolean;
  /** Left out of the palette, for the palette itself. */
  unlisted?: boolean;
  /** What one must be allowed to do; who is not never hears of the command. */
  needs?: Permission;
  /** Whether it can be done now; always when absent. Called often, therefore cheap. */
  when?: (context: Contexts) => boolean;
  run: (context: Contexts, how: How) => void;
}

const commands = new Map<string, Command>();

/** Adds a command to the registry. */
export function defineCommand(command: Command): Command {
  for (const keys of keysOf(command)) parseKeys(keys);
  commands.set(command.id, command);
  changed += 1;
  return command;
}

/** Grows with each definition, for whoever keeps an index. */
let changed = 0;
export const registryVersion = () => changed;

/** Every command, in the order of its definition. */
export function allCommands(): Command[] {
  return [...commands.values()];
}

/** A command by its id, which must exist. */
export function command(id: string): Command {
  const found = commands.get(id);
  if (!found) throw new Error(`no command "${id}"`);
  return found;
}

export function keysOf({ keys }: Command): readonly string[] {
  return keys === undefined ? [] : typeof keys === 'string' ? [keys] : keys;
}

/** Whether this person may ever do it. */
export function isPermitted({ needs }: Command, { global }: Contexts): boolean {
  return !!global && (!needs || (global.me.permissions ?? []).includes(needs));
}

/** Whether it can be done now: its scope is there, and nothing speaks against it. */
export function isAvailable(command: Command, context: Contexts): boolean {
  if (!isPermitted(command, context)) return false;
  // A ticket is the open one, or one in the list.
  const there = context[command.scope] ?? (command.scope === 'ticket' && context.list);
  if (!there) return false;
  return command.when?.(context) ?? true;
}
