import { readFileSync } from 'node:fs';
import { i18n } from '@lingui/core';
import { I18nProvider } from '@lingui/react';
import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { cleanup, render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { ReactElement } from 'react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SelectionBar } from '@/features/ticket';
import type { TicketDetail } from '@/lib/api';
import {
  allCommands,
  type Command,
  CommandButton,
  type Contexts,
  groups,
  isAvailable,
  keysOf,
  keyText,
  parseKeys,
  provideContext,
  type Slot,
} from '@/lib/commands';
import { aMe, aTicket, aTicketDetail } from '@/testing/fixtures';
import '.';
import { KeyHelp } from './key-help';
import { Palette } from './palette';

const nothing = () => {};
const client = new QueryClient();

const can = Object.fromEntries(Object.keys(aTicket().can).map((verb) => [verb, true]));
const ticket = aTicketDetail({ can: can as unknown as TicketDetail['can'] });

/** A page on which everything can be done. */
const everything: Required<Contexts> = {
  global: { me: aMe('admin'), client, go: nothing, openPalette: nothing, openHelp: nothing },
  search: { focus: nothing },
  undo: { run: nothing },
  exports: { open: nothing },
  columns: { choose: nothing, toggleTimes: nothing },
  list: {
    next: nothing,
    previous: nothing,
    focused: () => true,
    current: () => ticket,
    open: nothing,
    toggle: nothing,
    toggleRange: nothing,
    selectAll: nothing,
    clearSelection: nothing,
    selection: () => null,
  },
  ticket: { ticket, back: nothing, editTitle: nothing },
  composer: {
    reply: nothing,
    note: nothing,
    focused: () => true,
    send: nothing,
    sendAndResolve: nothing,
  },
};
const selected: Required<Contexts> = {
  ...everything,
  list: { ...everything.list, selection: () => ({ ids: [1, 2] }) },
};

const removals: (() => void)[] = [];
function provide(all: Required<Contexts>) {
  for (const slot of Object.keys(all) as Slot[]) {
    removals.push(provideContext(slot, all[slot] as never).remove);
  }
}
afterEach(() => {
  cleanup();
  for (const remove of removals.splice(0)) remove();
});

function show(ui: ReactElement) {
  return render(
    <I18nProvider i18n={i18n}>
      <MantineProvider env="test">
        <QueryClientProvider client={client}>{ui}</QueryClientProvider>
      </MantineProvider>
    </I18nProvider>,
  );
}

/** Each text of the German catalogue with its translation. */
function german(): Map<string, string> {
  const po = readFileSync('src/locales/de/messages.po', 'utf8');
  const string = '((?:"(?:[^"\\\\]|\\\\.)*"\\s*)+)';
  const found = new Map<string, string>();
  const join = (text: string) => [...text.matchAll(/"(.*)"/g)].map(([, part]) => part).join('');
  for (const [, id, text] of po.matchAll(new RegExp(`msgid ${string}msgstr ${string}`, 'g'))) {
    found.set(join(id ?? ''), join(text ?? ''));
  }
  return found;
}

const commands = allCommands();
const named = commands.map((command) => [command.id, command] as const);
const label = ({ label }: Command) => i18n._(label);

it('knows the commands', () => {
  expect(commands.length).toBeGreaterThan(30);
  expect(new Set(commands.map(label)).size).toBe(commands.length);
});

describe.each(named)('%s', (_id, command) => {
  const catalogue = german();
  const context = command.id === 'list.clear-selection' ? selected : everything;
  beforeEach(() => provide(context));

  it('has words in both languages and a group', () => {
    expect(groups).toContain(command.group);
    for (const text of [command.label, ...(command.words ? [command.words] : [])]) {
      expect(text.message).toBeTruthy();
      expect(catalogue.get(text.message ?? ''), text.message).toBeTruthy();
    }
  });

  it('is a button', async () => {
    const run = vi.spyOn(command, 'run').mockImplementation(() => {});
    show(<CommandButton id={command.id} />);
    const button = screen.getByRole('button', { name: label(command) });
    await userEvent.click(button);
    expect(run).toHaveBeenCalledWith(expect.anything(), { by: 'button', anchor: button });
  });

  it('has a key', () => {
    expect(keysOf(command).length).toBeGreaterThan(0);
  });

  it('is in the palette', async () => {
    const run = vi.spyOn(command, 'run').mockImplementation(() => {});
    const available = commands.filter((one) => !one.unlisted && isAvailable(one, context));
    show(<Palette available={available} onClose={nothing} />);
    // The first of them come with the first frame, the others behind it.
    await waitFor(() => expect(screen.getAllByRole('option')).toHaveLength(available.length));
    const entry = screen.queryByRole('option', { name: new RegExp(`^${label(command)}`) });
    // Only the palette itself is not in it.
    if (command.id === 'palette') return expect(entry).toBeNull();
    expect(entry).not.toBeNull();
    await userEvent.type(
      screen.getByRole('combobox', { name: 'Find a command or a ticket' }),
      `${label(command)}{Enter}`,
    );
    expect(run).toHaveBeenCalledWith(expect.anything(), { by: 'palette' });
  });

  it('is a line in the list of keys', () => {
    show(<KeyHelp onClose={nothing} />);
    const line = screen.getByRole('row', { name: new RegExp(`^${label(command)} `) });
    const shown = within(line).getByRole('cell').textContent;
    expect(shown?.replaceAll(' ', '')).toBe(
      keysOf(command)
        .map((keys) => keyText(keys).replaceAll(' ', ''))
        .join(''),
    );
  });
});

it('gives each key to one command', () => {
  const taken = new Map<string, string>();
  for (const command of commands) {
    for (const keys of keysOf(command)) {
      const spelling = parseKeys(keys).join(' ');
      expect(taken.get(spelling), `${spelling} of ${command.id}`).toBeUndefined();
      taken.set(spelling, command.id);
    }
  }
  // A key that begins sequences cannot stand alone: it would never be reached.
  for (const keys of taken.keys()) {
    const first = keys.split(' ')[0];
    if (first !== keys) expect(taken.has(first ?? ''), `${first} begins ${keys}`).toBe(false);
  }
});

it('does not hear of what is not allowed', () => {
  const employee = { ...everything, global: { ...everything.global, me: aMe('employee') } };
  const hidden = commands.filter((one) => one.needs && !isAvailable(one, employee));
  expect(hidden.map((one) => one.id)).toEqual(commands.filter((c) => c.needs).map((c) => c.id));
});

it('shows employees no key of the staff', () => {
  provide({ ...everything, global: { ...everything.global, me: aMe('employee') } });
  show(<KeyHelp onClose={nothing} />);
  const lines = new Set(
    screen.getAllByRole('row').map((line) => line.getAttribute('data-command')),
  );
  for (const id of ['assign', 'merge', 'macro', 'timer', 'status', 'snooze', 'watch', 'delete']) {
    expect(lines, id).not.toContain(`ticket.${id}`);
  }
  expect(lines).not.toContain('write.note');
  // What the requester may do with a ticket of theirs.
  for (const id of ['ticket.close', 'ticket.reopen', 'ticket.confidential', 'ticket.edit']) {
    expect(lines).toContain(id);
  }
  expect(lines).toContain('write.reply');
});

it('acts on the selection by exactly the commands that have a form for many', () => {
  const tickets = commands.filter(({ id, group }) => group === 'ticket' && id !== 'ticket.edit');
  const able = tickets.filter((command) => isAvailable(command, selected));
  const bulk = tickets.filter((command) => command.bulk);
  expect(able.map(({ id }) => id)).toEqual(bulk.map(({ id }) => id));
  expect(bulk.length).toBeGreaterThan(5);
  provide(everything);
  show(<SelectionBar selection={{ ids: [1, 2] }} onClear={nothing} />);
  for (const command of bulk) {
    expect(screen.getByRole('button', { name: label(command) })).toBeVisible();
  }
});
