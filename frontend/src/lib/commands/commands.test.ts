import { msg } from '@lingui/core/macro';
import { QueryClient } from '@tanstack/react-query';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { aMe } from '@/testing/fixtures';
import { provideContext } from './contexts';
import { listenForKeys } from './keyboard';
import { ariaKeys, chordOf, keyText, parseKeys } from './keys';
import { type Command, defineCommand } from './registry';

const press = (key: string, init: KeyboardEventInit = {}, target: EventTarget = document.body) => {
  const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...init });
  target.dispatchEvent(event);
  return event;
};

describe('keys', () => {
  it('have one spelling', () => {
    expect(parseKeys('g i')).toEqual(['g', 'i']);
    expect(parseKeys('Shift+mod+Enter')).toEqual(['mod+Shift+Enter']);
    expect(() => parseKeys('Hyper+x')).toThrow('no such key');
  });

  it.each([
    [{ key: 'x' }, 'x'],
    [{ key: 'X', shiftKey: true }, 'Shift+x'],
    // Caps lock types capitals, but nobody asked for Shift.
    [{ key: 'X' }, 'x'],
    // "?" and "/" are typed with Shift on some keyboards.
    [{ key: '?', shiftKey: true }, '?'],
    [{ key: '/', shiftKey: true }, '/'],
    [{ key: 'Enter', ctrlKey: true, shiftKey: true }, 'mod+Shift+Enter'],
    // The key at the place of "j" on a keyboard of other letters.
    [{ key: 'о', code: 'KeyJ' }, 'j'],
    [{ key: 'Control', ctrlKey: true }, null],
    [{ key: 'k', metaKey: true }, null],
  ])('%j is %s', (init, chord) => {
    expect(chordOf(new KeyboardEvent('keydown', init), false)).toBe(chord);
  });

  it('are named as they are printed', () => {
    expect(keyText('mod+Shift+Enter', false)).toBe('Ctrl Shift Enter');
    expect(keyText('mod+k', true)).toBe('⌘ k');
    expect(keyText('g i', false)).toBe('g i');
    expect(ariaKeys('mod+k', false)).toBe('Control+k');
    expect(ariaKeys('g i', false)).toBeUndefined();
  });
});

describe('the keyboard', () => {
  const ran: string[] = [];
  let singleKeys = true;
  const cleanUp: (() => void)[] = [];
  const define = (id: string, keys: string, over: Partial<Command> = {}) =>
    defineCommand({
      id,
      keys,
      group: 'general',
      label: msg`Test`,
      icon: () => null,
      scope: 'global',
      run: () => ran.push(id),
      ...over,
    });

  beforeEach(() => {
    ran.length = 0;
    singleKeys = true;
    document.body.innerHTML = '';
    define('one', 'o');
    define('go', 'g o');
    define('again', 'Shift+o', { repeats: true });
    define('with', 'mod+o');
    define('enter', 'Enter');
    define('listed', 'l', { scope: 'list' });
    define('never', 'q', { when: () => false });
    define('staff', 'w', { needs: 'ticket.queue' });
    const idle = () => {};
    const global = {
      me: aMe('employee'),
      client: new QueryClient(),
      go: idle,
      openPalette: idle,
      openHelp: idle,
    };
    cleanUp.push(provideContext('global', global).remove);
    cleanUp.push(listenForKeys(() => singleKeys));
  });
  afterEach(() => {
    for (const undo of cleanUp.splice(0)) undo();
    vi.useRealTimers();
  });

  it('runs what a key stands for, and keeps the key from the page', () => {
    expect(press('o').defaultPrevented).toBe(true);
    expect(press('z').defaultPrevented).toBe(false);
    expect(ran).toEqual(['one']);
  });

  it('waits for the second key of a sequence', () => {
    press('g');
    expect(ran).toEqual([]);
    press('o');
    press('o');
    expect(ran).toEqual(['go', 'one']);
  });

  it('takes a key that fits no sequence for itself', () => {
    press('g');
    press('O', { shiftKey: true });
    expect(ran).toEqual(['again']);
  });

  it('leaves fields, menus and dialogs alone, except with a modifier', () => {
    document.body.innerHTML =
      '<input><textarea></textarea><div role="listbox" tabindex="0"></div><input type="checkbox">';
    const [field, text, list, box] = document.body.children;
    for (const target of [field, text, list]) press('o', {}, target);
    expect(ran).toEqual([]);
    press('o', { ctrlKey: true }, field);
    press('o', {}, box);
    expect(ran).toEqual(['with', 'one']);
    document.body.innerHTML = '<div role="dialog"><button></button></div>';
    press('o', {}, document.querySelector('button') ?? undefined);
    expect(ran).toEqual(['with', 'one']);
  });

  it('leaves the key alone that closes a dialog and thereby removes it', () => {
    define('back', 'Escape');
    document.body.innerHTML = '<div role="dialog"><button></button></div>';
    const close = () => document.querySelector('[role=dialog]')?.remove();
    window.addEventListener('keydown', close, { capture: true, once: true });
    press('Escape');
    expect(ran).toEqual([]);
    press('Escape');
    expect(ran).toEqual(['back']);
  });

  it('lets Enter follow the link that has the focus', () => {
    document.body.innerHTML = '<a href="/x">x</a>';
    press('Enter', {}, document.querySelector('a') ?? undefined);
    expect(ran).toEqual([]);
    press('Enter');
    expect(ran).toEqual(['enter']);
  });

  it('lets single keys be switched off, but no others', () => {
    singleKeys = false;
    for (const key of ['o', 'g', 'o']) press(key);
    press('O', { shiftKey: true });
    expect(ran).toEqual([]);
    press('o', { ctrlKey: true });
    press('Enter');
    expect(ran).toEqual(['with', 'enter']);
  });

  it('repeats only what is meant to be repeated', () => {
    press('o', { repeat: true });
    press('O', { shiftKey: true, repeat: true });
    expect(ran).toEqual(['again']);
  });

  it('does nothing without its scope, its condition or its permission', () => {
    for (const key of ['l', 'q', 'w']) expect(press(key).defaultPrevented).toBe(false);
    const list = provideContext('list', {
      next: () => {},
      previous: () => {},
      focused: () => true,
      current: () => null,
    });
    press('l');
    list.remove();
    press('l');
    expect(ran).toEqual(['listed']);
  });
});
