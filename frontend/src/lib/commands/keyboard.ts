import { contexts } from './contexts';
import { chordOf, hasModifier, isCharacter, parseKeys } from './keys';
import { allCommands, type Command, isAvailable, keysOf, registryVersion } from './registry';

/** Milliseconds in which the next key of a sequence has to come. */
const patience = 1500;

/** Marks a dialog of the commands themselves (the palette), in which their keys act. */
const foreignDialogs = '[role="dialog"],[role="alertdialog"],[role="menu"],dialog[open]';

const textless = /^(?:button|checkbox|color|file|image|radio|range|reset|submit)$/;

/** Whether what is pressed is text, or moves within a widget that reads letters itself. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || /^(TEXTAREA|SELECT)$/.test(target.tagName)) return true;
  if (target instanceof HTMLInputElement) return !textless.test(target.type);
  return !!target.closest('[role="menu"],[role="listbox"],[role="combobox"]');
}

/** Whether the browser does something with Enter here. */
function activates(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && !!target.closest('a[href],button,summary,input');
}

interface Sequence {
  chords: string[];
  command: Command;
}

let sequences: Sequence[] = [];
let indexed = -1;
function index(): Sequence[] {
  if (indexed === registryVersion()) return sequences;
  indexed = registryVersion();
  sequences = allCommands().flatMap((command) =>
    keysOf(command).map((keys) => ({ chords: parseKeys(keys), command })),
  );
  return sequences;
}

const startsWith = (chords: string[], typed: string[]) =>
  typed.every((chord, at) => chords[at] === chord);

/**
 * Runs commands by their keys until the returned function is called.
 * `singleKeys` tells whether character keys without a modifier act.
 */
export function listenForKeys(singleKeys: () => boolean): () => void {
  let typed: string[] = [];
  let since = 0;
  // Whoever closes a dialog by Escape may have removed it before the event arrives below.
  let inDialog = false;
  const before = () => {
    inDialog = !!document.querySelector(foreignDialogs);
  };
  const allowed = (command: Command, chord: string, event: KeyboardEvent): boolean => {
    const modified = hasModifier(chord);
    if (!(command.whileTyping ?? modified) && isTyping(event.target)) return false;
    if (inDialog && !modified) return false;
    if (isCharacter(chord) && !singleKeys()) return false;
    if (event.repeat && !command.repeats) return false;
    if (chord === 'Enter' && activates(event.target)) return false;
    return isAvailable(command, contexts());
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing) return;
    const chord = chordOf(event);
    if (!chord) return;
    const late = event.timeStamp - since > patience;
    for (const start of late || typed.length === 0 ? [[]] : [typed, []]) {
      const now = [...start, chord];
      const possible = index().filter(
        ({ chords, command }) => startsWith(chords, now) && allowed(command, chord, event),
      );
      if (possible.length === 0) continue;
      event.preventDefault();
      const hit = possible.find(({ chords }) => chords.length === now.length);
      typed = hit ? [] : now;
      since = event.timeStamp;
      hit?.command.run(contexts(), { by: 'key' });
      return;
    }
    typed = [];
  };
  window.addEventListener('keydown', before, true);
  document.addEventListener('keydown', onKey);
  return () => {
    window.removeEventListener('keydown', before, true);
    document.removeEventListener('keydown', onKey);
  };
}
