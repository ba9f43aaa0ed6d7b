import type { SlaReport } from '@/lib/api';

/** What the report of compliance shows, as it stands in the URL. */
export interface SlaReportSearch {
  by?: SlaReport['by'];
  from?: string;
  to?: string;
  key?: string;
  outcome?: 'met' | 'breached';
  cursor?: string;
}

const splits: SlaReport['by'][] = ['policy', 'target', 'priority', 'assignee', 'team', 'day'];

export function parseSlaReportSearch(raw: Record<string, unknown>): SlaReportSearch {
  const out: SlaReportSearch = {};
  const day = (value: unknown) =>
    typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value) ? value : undefined;
  const text = (value: unknown) =>
    value === undefined || value === null || value === '' ? undefined : String(value);
  const by = splits.find((name) => name === raw.by);
  if (by) out.by = by;
  const from = day(raw.from);
  if (from) out.from = from;
  const to = day(raw.to);
  if (to) out.to = to;
  const key = text(raw.key);
  if (key !== undefined) out.key = key;
  if (raw.outcome === 'met' || raw.outcome === 'breached') out.outcome = raw.outcome;
  const cursor = text(raw.cursor);
  if (cursor) out.cursor = cursor;
  return out;
}
