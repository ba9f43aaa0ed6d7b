import { parseReportSearch, type ReportSearch } from './periods';

/** What times are added up by. */
export const timeGroups = ['user', 'team', 'category', 'ticket'] as const;
export type TimeGroup = (typeof timeGroups)[number];

/** What a time report shows; in the URL. */
export interface TimeSearch extends ReportSearch {
  by?: TimeGroup;
  /** Only the tickets, or the work, of one of them: its id, or none. */
  of?: 'user' | 'team' | 'category';
  only?: string;
  /** How that one is called. */
  name?: string;
}

/** Reads the URL and drops what is unknown. */
export function parseTimeSearch(raw: Record<string, unknown>): TimeSearch {
  const days = parseReportSearch(raw);
  const by = timeGroups.find((group) => group === raw.by);
  const of = (['user', 'team', 'category'] as const).find((group) => group === raw.of);
  const only = String(raw.only ?? '');
  const valid = /^[1-9]\d{0,15}$/.test(only) || (only === 'none' && of !== 'user');
  return {
    ...days,
    ...(by && by !== 'user' && { by }),
    ...(of && valid && { of, only, ...(raw.name ? { name: String(raw.name).slice(0, 200) } : {}) }),
  };
}
