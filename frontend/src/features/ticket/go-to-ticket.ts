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
const longest = 2000;

/** The ticket that one is on the way to; `end` gives it the keys that were pressed. */
let underWay: { id: string; end: () => void } | null = null;

/** Tells that the page of a ticket is there, and that its keys work. */
export function arriveAt(id: number): void {
  // Outside of the effect that calls this: there, React renders nothing at once.
  if (underWay?.id === String(id)) setTimeout(underWay.end);
}

function setOut(id: string): () => void {
  underWay?.end();
  const release = holdKeys();
  const way = {
    id,
    end: () => {
      clearTimeout(late);
      if (underWay === way) underWay = null;
      release();
    },
  };
  const late = setTimeout(way.end, longest);
  underWay = way;
  return way.end;
}

/**
 * Goes to a ticket. One that was built ahead is on the screen with the next
 * frame; what follows from being there begins behind it. Keys that are pressed
 * before the ticket is there are for the ticket, for as long as `longest`.
 */
export function goToTicket(id: string, go: () => Promise<void>): void {
  if (underWay?.id === id) return;
  const from = window.location.href;
  const there = () => window.location.pathname.endsWith(`/${id}`);
  if (there()) {
    void go(); // nothing arrives that is open already
    return;
  }
  const ahead = prepared?.id === id && prepared.show() ? prepared : null;
  const end = setOut(id);
  // A frame is on the screen when the next one has been painted.
  const gone = ahead
    ? painted()
        .then(painted)
        .then(ahead.complete)
        .then(painted)
        // Whoever has gone somewhere else meanwhile stays there.
        .then(() => (window.location.href === from ? go() : undefined))
    : go();
  void gone.finally(() => {
    // Something may have been in the way: an edit that one does not want to leave.
    if (there()) return;
    end();
    ahead?.hide();
  });
}

/**
 * Keeps what is pressed until what is returned is called, and presses it then.
 * What goes elsewhere is not kept: Escape, which forgets what was kept, Tab, and what is
 * pressed with ⌘, Ctrl or Alt; nor is what one writes into a box.
 */
function holdKeys(): () => void {
  const held: KeyboardEvent[] = [];
  const hold = (event: KeyboardEvent) => {
    if (event.key === 'Escape') {
      // They were for the ticket, and would do something else in the list.
      held.length = 0;
      release();
    }
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
