import type { ReactNode } from 'react';
import type { TicketDetail } from '@/lib/api';
import { useWithChosen } from './actions';

/** Shows something of a ticket as it was just chosen, a frame before all else follows. */
export function WithChosen({
  ticket,
  children,
}: {
  ticket: TicketDetail;
  children: (ticket: TicketDetail) => ReactNode;
}) {
  return children(useWithChosen(ticket));
}
