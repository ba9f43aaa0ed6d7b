import { useLingui } from '@lingui/react/macro';
import { useCan } from '@/lib/can';
import type { QueueSearch } from './search-params';
import { useViews } from './views/api';
import { viewOf } from './views/links';

/** What a list is called. */
export function useQueueTitle(search: QueueSearch): string {
  const { t } = useLingui();
  const works = useCan('ticket.queue');
  const saved = viewOf(search, useViews());
  if (saved) return saved.icon ? `${saved.icon} ${saved.name}` : saved.name;
  if (!works) return t`My tickets`;
  if (search.view === 'unassigned') return t`Unassigned`;
  if (search.view === 'mine') return t`Assigned to me`;
  if (search.view === 'waiting') return t`Waiting for us`;
  if (search.view === 'unread') return t`Unread`;
  return t`All tickets`;
}
