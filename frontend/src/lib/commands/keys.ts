/**
 * Keys as commands write them: chords joined by spaces into a sequence, such as
 * `c`, `g i`, `Shift+x`, `mod+Enter`. `mod` is ⌘ on a Mac and Ctrl elsewhere.
 * Letters are lower case; other characters stand for themselves (`?`, `/`),
 * whatever one has to hold to type them.
 */
const modifiers = ['mod', 'Alt', 'Shift'] as const;

export function isMac(): boolean {
  return /Mac|iPhone|iPad/.test(navigator.platform);
}

const letter = /^\p{L}$/u;

/** A chord in one spelling, so that it can be compared. Throws for what no keyboard has. */
function normalise(chord: string): string {
  const parts = chord.split('+');
  const key = parts.pop() ?? '';
  const held = modifiers.filter((name) => parts.includes(name));
  if (!key || held.length !== parts.length) throw new Error(`no such key: "${chord}"`);
  return [...held, letter.test(key) ? key.toLowerCase() : key].join('+');
}

/** The chords of a sequence. */
export function parseKeys(keys: string): string[] {
  return keys.split(' ').map(normalise);
}

/** The key of an event: on keyboards with other letters, the one at the same place. */
function keyOf(event: KeyboardEvent): string {
  if (event.key === ' ') return 'Space';
  if (!letter.test(event.key)) return event.key;
  const key = event.key.toLowerCase();
  if (/^[a-z]$/.test(key)) return key;
  return /^Key([A-Z])$/.exec(event.code)?.[1]?.toLowerCase() ?? key;
}

/** What was pressed, in the spelling of `parseKeys`; null for a modifier alone. */
export function chordOf(event: KeyboardEvent, mac = isMac()): string | null {
  if (/^(Control|Meta|Alt|AltGraph|Shift|CapsLock|Dead|Process|Unidentified)$/.test(event.key)) {
    return null;
  }
  const key = keyOf(event);
  // AltGr types characters and arrives as Ctrl and Alt on some systems.
  const typed = event.getModifierState?.('AltGraph') ?? false;
  const mod = !typed && (mac ? event.metaKey : event.ctrlKey);
  const other = !typed && (mac ? event.ctrlKey : event.metaKey);
  if (other) return null;
  const shift = event.shiftKey && (key.length > 1 || letter.test(key));
  const alt = !typed && event.altKey;
  return `${mod ? 'mod+' : ''}${alt ? 'Alt+' : ''}${shift ? 'Shift+' : ''}${key}`;
}

/** Whether a chord acts even while somebody types: it holds ⌘, Ctrl or Alt. */
export function hasModifier(chord: string): boolean {
  return chord.startsWith('mod+') || chord.startsWith('Alt+');
}

/** Whether it is a single character, which people who dictate can switch off (WCAG 2.1.4). */
export function isCharacter(chord: string): boolean {
  return !hasModifier(chord) && chord.replace('Shift+', '').length === 1;
}

const macNames: Record<string, string> = { mod: '⌘', Alt: '⌥', Shift: '⇧' };
const names: Record<string, string> = { mod: 'Ctrl', Escape: 'Esc', ArrowUp: '↑', ArrowDown: '↓' };

/** What is printed on the keys: one list for each chord of the sequence. */
export function keyCaps(keys: string, mac = isMac()): string[][] {
  return parseKeys(keys).map((chord) =>
    chord.split('+').map((part) => (mac ? macNames[part] : undefined) ?? names[part] ?? part),
  );
}

/** The same in one line, for titles: "Ctrl Shift Enter", "g i". */
export function keyText(keys: string, mac = isMac()): string {
  return keyCaps(keys, mac)
    .map((caps) => caps.join(' '))
    .join(' ');
}

/** The value of `aria-keyshortcuts`, which knows chords but no sequences. */
export function ariaKeys(keys: string | undefined, mac = isMac()): string | undefined {
  if (!keys) return undefined;
  const chords = parseKeys(keys);
  if (chords.length !== 1) return undefined;
  return chords[0]?.replace('mod', mac ? 'Meta' : 'Control');
}
