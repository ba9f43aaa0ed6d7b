import { useNavigate } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import type { QueueSearch } from './search-params';
import { useViews, viewOf, viewSearch } from './views';

/** A link that only names a saved view gets the view's query and order, once. */
export function useSavedView(search: QueueSearch): void {
  const navigate = useNavigate();
  const view = viewOf(search, useViews());
  const opened = useRef<number | undefined>(undefined);
  useEffect(() => {
    if (opened.current === view?.id) return;
    opened.current = view?.id;
    const { view: _, ...rest } = search;
    if (!view || Object.keys(rest).length > 0) return;
    const full = viewSearch(view);
    if (full.q || full.sort) void navigate({ to: '.', search: full, replace: true });
  }, [view, search, navigate]);
}
