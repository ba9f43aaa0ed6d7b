import { useEffect, useRef } from 'react';
import { useReadNotifications, useUnreadCount } from './api';

/** Whoever has a ticket on the screen has read what they were told of it. */
export function useReadOnOpen(ticketId: number): void {
  const unread = useUnreadCount().data?.count ?? 0;
  const read = useReadNotifications().mutate;
  const marked = useRef('');
  useEffect(() => {
    const look = () => {
      const state = `${ticketId}:${unread}`;
      if (unread === 0 || marked.current === state || document.visibilityState !== 'visible')
        return;
      marked.current = state;
      read({ body: { ticket_id: ticketId } });
    };
    look();
    document.addEventListener('visibilitychange', look);
    return () => document.removeEventListener('visibilitychange', look);
  }, [ticketId, unread, read]);
}
