import { useLingui } from '@lingui/react/macro';
import { useMediaQuery } from '@mantine/hooks';
import { Outlet, useParams, useRouterState } from '@tanstack/react-router';
import { memo, startTransition, useCallback, useState } from 'react';
import { useOnceShown } from '@/lib/after-paint';
import { useCan } from '@/lib/can';
import { Split } from '@/ui/split';
import { ListPane } from './list-pane';
import { OpenTicket } from './open-ticket';
import { QueuePage } from './queue-page';

/** The list and the ticket have room beside each other from here on. */
const wide = '(min-width: 1100px)';

// What is built ahead changes nothing of the list.
const List = memo(ListPane);

/** Whether there is room for both. A sheet of paper is narrow, but what is printed is what is shown. */
function useRoom(): boolean {
  const now = useMediaQuery(wide, undefined, { getInitialValueInEffect: false });
  const [room, setRoom] = useState(now);
  if (now !== room && !matchMedia('print').matches) setRoom(now);
  return room;
}

/**
 * Where tickets are worked: views in the rail, the list, and the open ticket
 * beside it. Where there is no room, and for those who only report, one after
 * the other.
 */
export function Workspace() {
  const { t } = useLingui();
  const works = useCan('ticket.queue');
  const roomy = useRoom();
  const { ticketId } = useParams({ strict: false }) as { ticketId?: string };
  const creating = useRouterState({
    select: (state) => state.location.pathname.replace(/\/$/, '').endsWith('/tickets/new'),
  });
  // The ticket first; then the list is laid out anew in the room that is left.
  const beside = useOnceShown(!!ticketId);
  const [next, setNext] = useState<string | null>(null);
  const prepare = useCallback((id: number) => startTransition(() => setNext(String(id))), []);
  if (creating) return <Outlet />;
  if (!works || !roomy) return ticketId ? <Outlet /> : <QueuePage />;
  return (
    <Split
      name="list"
      label={t`Width of the list`}
      min={320}
      max={640}
      initial={420}
      open={!!ticketId}
      start={<List open={ticketId ? Number(ticketId) : null} beside={beside} onFetched={prepare} />}
      end={<OpenTicket open={ticketId ?? null} next={next} />}
      settled={beside}
    />
  );
}
