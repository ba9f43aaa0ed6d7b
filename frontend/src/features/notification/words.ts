import { useLingui } from '@lingui/react/macro';
import type { Notification } from '@/lib/api';

/** What a notification tells, in a line. */
export function useLine(): (one: Notification, name: string) => string {
  const { t } = useLingui();
  const statuses: Record<string, string> = {
    open: t`open`,
    in_progress: t`in progress`,
    resolved: t`resolved`,
    closed: t`closed`,
  };
  const targets: Record<string, string> = {
    first_response: t`first response`,
    next_response: t`next response`,
    resolution: t`resolution`,
  };
  return (one, name) => {
    switch (one.kind) {
      case 'assigned':
        return t`${name} assigned the ticket to you`;
      case 'mention':
        return t`${name} mentioned you`;
      case 'status': {
        const status = statuses[one.detail] ?? one.detail;
        return t`${name} changed the status to ${status}`;
      }
      case 'sla': {
        const target = targets[one.detail] ?? one.detail;
        return t`A target is due: ${target}`;
      }
      case 'watching':
        return t`${name} added you to the ticket`;
      default:
        return one.type.startsWith('note.')
          ? t`${name} wrote an internal note`
          : t`${name} wrote a comment`;
    }
  };
}
