import { useRouter } from '@tanstack/react-router';
import type { ComponentProps, MouseEvent } from 'react';
import { goToTicket } from './go-to-ticket';

interface TicketLinkProps extends Omit<ComponentProps<'a'>, 'href' | 'onClick' | 'id'> {
  id: number;
}

/**
 * A link to a ticket that keeps the list it is in. The router's own link works
 * itself out anew whenever the address changes; a list has many of them.
 */
export function TicketLink({ id, ...rest }: TicketLinkProps) {
  const router = useRouter();
  const open = (event: MouseEvent) => {
    const elsewhere = event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
    if (event.defaultPrevented || event.button !== 0 || elsewhere) return;
    event.preventDefault();
    goToTicket(String(id), () =>
      router.navigate({
        to: '/tickets/$ticketId',
        params: { ticketId: String(id) },
        search: (now: Record<string, unknown>) => now,
      }),
    );
  };
  return <a {...rest} href={`/tickets/${id}`} onClick={open} />;
}
