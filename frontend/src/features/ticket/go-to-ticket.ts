import { painted } from '@/lib/after-paint';
import { isTyping } from '@/lib/commands';

/** A page that was built ahead. */
export interface Prepared {
  id: string;
  /** Puts title and conversation on the screen; false when they are not built yet. */
  show: () => boolean;
  /** Puts the rest beside them. */
  complete: () => void;
  /** Takes it from the screen again. */
  hide: () => void;
  /** Called when the page is the open one, and its keys work. */
  arrived?: () => void;
}

let prepared: Prepared | null = null;

/** Tells of a page that is built ahead, until what is returned is called. */
export function prepare(page: Prepared): () => void {
  prepared = page;
  return () => {
    if (prepared === page) prepared = null;
  };
}

/** How long one may be on the way to a ticket, in milliseconds. */
const longest = 1000;

/** The ticket that one is on the way to, though it is not built. */
let expected: { id: string; arrived: () => void } | null = null;

/** Tells that the page of a ticket is there, and that its keys work. */
export function arriveAt(id: number): void {
  // Outside of the effect that calls this: there, React renders nothing at once.
  if (expected?.id === String(id)) setTimeout(expected.arrived);
}

/**
 * Goes to a ticket. One that was built ahead is on the screen with the next
 * frame; what follows from being there begins behind it. Keys that are pressed
 * before the ticket is there are for the ticket, for as long as `longest`.
 */
export function goToTicket(id: string, go: () => Promise<void>): void {
  const ahead = prepared;
  if (expected?.id === id || (ahead?.id === id && ahead.arrived)) return; // one is on the way there
  if (ahead?.id !== id || !ahead.show()) {
    expected?.arrived();
    const release = holdKeys();
    const mine = {
      id,
      arrived: () => {
        clearTimeout(late);
        if (expected === mine) expected = null;
        release();
      },
    };
    const late = setTimeout(mine.arrived, longest);
    expected = mine;
    void go();
    return;
  }
  const from = window.location.href;
  const release = holdKeys();
  const late = setTimeout(release, longest);
  ahead.arrived = () => {
    clearTimeout(late);
    // Outside of the effect that calls this: there, React renders nothing at once.
    setTimeout(release);
  };
  // A frame is on the screen when the next one has been painted.
  void painted()
    .then(painted)
    .then(ahead.complete)
    .then(painted)
    // Whoever has gone somewhere else meanwhile stays there.
    .then(() => (window.location.href === from ? go() : undefined))
    .finally(() => {
      // Something may have been in the way: an edit that one does not want to leave.
      if (window.location.pathname.endsWith(`/${id}`)) return;
      ahead.arrived?.();
      ahead.arrived = undefined;
      ahead.hide();
    });
}

/**
 * Keeps what is pressed until what is returned is called, and presses it then.
 * What goes elsewhere is not kept: Escape, which also ends it, Tab, and what is
 * pressed with ⌘, Ctrl or Alt; nor is what one writes into a box.
 */
function holdKeys(): () => void {
  const held: KeyboardEvent[] = [];
  const hold = (event: KeyboardEvent) => {
    if (event.key === 'Escape') release();
    if (['Escape', 'Tab'].includes(event.key) || event.metaKey || event.ctrlKey || event.altKey) {
      return;
    }
    if (event.target instanceof Element && isTyping(event.target)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    held.push(event);
  };
  const release = () => {
    window.removeEventListener('keydown', hold, { capture: true });
    for (const event of held.splice(0)) {
      const at = document.activeElement ?? document.body;
      const unused = at.dispatchEvent(new KeyboardEvent('keydown', event));
      // No key that a program presses writes. Old, but known everywhere, and the box can undo it.
      if (unused && event.key.length === 1 && isTyping(at)) {
        document.execCommand('insertText', false, event.key);
      }
    }
  };
  window.addEventListener('keydown', hold, { capture: true });
  return release;
}
