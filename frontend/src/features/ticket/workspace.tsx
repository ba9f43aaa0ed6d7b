import { useLingui } from '@lingui/react/macro';
import { useMediaQuery } from '@mantine/hooks';
import { Outlet, useParams, useRouterState } from '@tanstack/react-router';
import { useOnceShown } from '@/lib/after-paint';
import { useCan } from '@/lib/can';
import { Split } from '@/ui/split';
import { ListPane } from './list-pane';
import { QueuePage } from './queue-page';

/** The list and the ticket have room beside each other from here on. */
const wide = '(min-width: 1100px)';

/**
 * Where tickets are worked: views in the rail, the list, and the open ticket
 * beside it. Where there is no room, and for those who only report, one after
 * the other.
 */
export function Workspace() {
  const { t } = useLingui();
  const works = useCan('ticket.queue');
  const roomy = useMediaQuery(wide, undefined, { getInitialValueInEffect: false });
  const { ticketId } = useParams({ strict: false }) as { ticketId?: string };
  const creating = useRouterState({
    select: (state) => state.location.pathname.replace(/\/$/, '').endsWith('/tickets/new'),
  });
  // The ticket first; then the list is laid out anew in the room that is left.
  const beside = useOnceShown(!!ticketId);
  if (creating) return <Outlet />;
  if (!works || !roomy) return ticketId ? <Outlet /> : <QueuePage />;
  return (
    <Split
      name="list"
      label={t`Width of the list`}
      min={320}
      max={640}
      initial={420}
      start={<ListPane open={ticketId ? Number(ticketId) : null} beside={beside} />}
      end={ticketId ? <Outlet /> : undefined}
      settled={beside}
    />
  );
}
