import {
  Activity,
  lazy,
  memo,
  Suspense,
  useCallback,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import { createPortal } from 'react-dom';
import { BuiltAhead, painted } from '@/lib/after-paint';
import { isTyping } from '@/lib/commands';
import classes from './open-ticket.module.css';
import { TicketSkeleton } from './ticket-skeleton';

const TicketById = lazy(() => import('./ticket-page').then((m) => ({ default: m.TicketById })));

/** A visit of a ticket; `id` as the address names it. */
interface Slot {
  id: string;
  key: number;
}

let visits = 0;
const slotFor = (id: string): Slot => {
  visits += 1;
  return { id, key: visits };
};

/** A page that was built ahead. */
interface Prepared {
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

/** How long one may be on the way to a ticket, in milliseconds. */
const longest = 1000;

/**
 * Goes to a ticket. One that was built ahead is on the screen with the next
 * frame; what follows from being there begins behind it, and keys that are
 * pressed meanwhile are for the ticket.
 */
export function goToTicket(id: string, go: () => Promise<void>): void {
  const ahead = prepared;
  if (ahead?.id === id && ahead.arrived) return; // one is on the way there
  if (ahead?.id !== id || !ahead.show()) {
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

/** Keeps what is pressed until what is returned is called, and presses it then. */
function holdKeys(): () => void {
  const held: KeyboardEvent[] = [];
  const hold = (event: KeyboardEvent) => {
    event.preventDefault();
    event.stopImmediatePropagation();
    held.push(event);
  };
  window.addEventListener('keydown', hold, { capture: true });
  return () => {
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
}

interface OpenTicketProps {
  /** What is shown; null for none. */
  open: string | null;
  /** What will probably be opened next, and is fetched already. */
  next: string | null;
}

/**
 * The open ticket, and outside the document the one that one rests on in the
 * list: to open that one, what is built already is put on the screen. It does
 * nothing before: effects, and with them "seen" and presence, begin when it is shown.
 */
export function OpenTicket({ open, next }: OpenTicketProps) {
  const [shown, setShown] = useState<Slot | null>(null);
  const [ahead, setAhead] = useState<Slot | null>(null);
  if ((shown?.id ?? null) !== open) {
    setShown(open === null ? null : ahead?.id === open ? ahead : slotFor(open));
    // What was visited is built anew for another visit.
    if (ahead?.id === open) setAhead(null);
  } else if ((ahead?.id ?? null) !== next && next !== open) {
    setAhead(next === null ? null : slotFor(next));
  }
  const slots = [shown, ahead].filter((slot) => slot !== null);
  return slots.map((slot) => <Page key={slot.key} id={slot.id} shown={slot === shown} />);
}

const Page = memo(function Page({ id, shown }: { id: string; shown: boolean }) {
  const [room] = useState(() => {
    const element = document.createElement('div');
    element.className = classes.room ?? '';
    return element;
  });
  const [ahead] = useState(!shown);
  const place = useRef<HTMLDivElement>(null);
  const put = useCallback(
    (here: HTMLDivElement | null) => {
      place.current = here;
      // What was laid there already keeps its layout.
      if (shown && here && room.parentElement !== here) here.append(room);
    },
    [room, shown],
  );
  const own = useRef<Prepared>(null);
  useLayoutEffect(() => {
    if (shown) return;
    const mine: Prepared = {
      id,
      show: () => {
        const built = room.firstElementChild;
        if (!(built instanceof HTMLElement) || !room.querySelector('article')) return false;
        // What React hides until it has run the page's effects.
        built.style.removeProperty('display');
        room.dataset.first = '';
        place.current?.append(room);
        return true;
      },
      complete: () => {
        delete room.dataset.first;
      },
      hide: () => room.remove(),
    };
    own.current = mine;
    prepared = mine;
    return () => {
      if (prepared === mine) prepared = null;
    };
  }, [id, shown, room]);
  useEffect(() => {
    if (shown) own.current?.arrived?.();
  }, [shown]);
  return (
    <>
      {/* Before the page, so that the room is in the document when the page's own effects begin. */}
      <div ref={put} className={classes.place} />
      <Activity mode={shown ? 'visible' : 'hidden'}>
        {createPortal(
          <div>
            <BuiltAhead value={ahead}>
              <Suspense fallback={<TicketSkeleton />}>
                <TicketById ticketId={id} />
              </Suspense>
            </BuiltAhead>
          </div>,
          room,
        )}
      </Activity>
    </>
  );
});
