import {
  Activity,
  lazy,
  memo,
  Suspense,
  useCallback,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import { createPortal } from 'react-dom';
import { BuiltAhead } from '@/lib/after-paint';
import { prepare } from './go-to-ticket';
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
  useLayoutEffect(() => {
    if (shown) return;
    return prepare({
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
    });
  }, [id, shown, room]);
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
