import { parseReportSearch, type ReportSearch } from './periods';

/** What times are added up by. */
export const timeGroups = ['user', 'team', 'category', 'tag', 'ticket'] as const;
/** The last is one of the desk's own fields. */
export type TimeGroup = (typeof timeGroups)[number] | `cf.${string}`;

/** Reads what times are added up by. */
export function asTimeGroup(raw: unknown): TimeGroup | undefined {
  if (typeof raw === 'string' && /^cf\.[a-z0-9_]{1,64}$/.test(raw)) return raw as `cf.${string}`;
  return timeGroups.find((group) => group === raw);
}

/** What a time report shows; in the URL. */
export interface TimeSearch extends ReportSearch {
  by?: TimeGroup;
  /** Only the tickets, or the work, of one of them: its id, or none. */
  of?: Exclude<TimeGroup, 'ticket'>;
  only?: string;
  /** How that one is called. */
  name?: string;
}

/** Reads the URL and drops what is unknown. */
export function parseTimeSearch(raw: Record<string, unknown>): TimeSearch {
  const days = parseReportSearch(raw);
  const by = asTimeGroup(raw.by);
  const group = asTimeGroup(raw.of);
  const of = group === 'ticket' ? undefined : group;
  const only = String(raw.only ?? '');
  const valid = /^[1-9]\d{0,15}$/.test(only) || (only === 'none' && of !== 'user');
  return {
    ...days,
    ...(by && by !== 'user' && { by }),
    ...(of && valid && { of, only, ...(raw.name ? { name: String(raw.name).slice(0, 200) } : {}) }),
  };
}
