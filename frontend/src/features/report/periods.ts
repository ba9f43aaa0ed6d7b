/** Which days a report is about; in the URL. Without any: the last 30. */
export interface ReportSearch {
  last?: number;
  from?: string;
  to?: string;
}

/** The ranges that are offered, in days that end today. */
export const presets = [7, 30, 90, 365] as const;
export const usualDays = 30;
export const longestDays = 3660;

const day = 86_400_000;
const dayPattern = /^\d{4}-\d{2}-\d{2}$/;

const asDay = (x: unknown): string | undefined =>
  typeof x === 'string' && dayPattern.test(x) && !Number.isNaN(Date.parse(x)) ? x : undefined;

/** Reads the URL and drops what is unknown. */
export function parseReportSearch(raw: Record<string, unknown>): ReportSearch {
  const from = asDay(raw.from);
  const to = asDay(raw.to);
  if (from && to && from <= to) return { from, to };
  const last = presets.find((days) => String(days) === String(raw.last));
  return last && last !== usualDays ? { last } : {};
}

/** The first and the last day. Reports count in days of UTC. */
export function daysOf(search: ReportSearch, now = Date.now()): { from: string; to: string } {
  if (search.from && search.to) return { from: search.from, to: search.to };
  const text = (at: number) => new Date(at).toISOString().slice(0, 10);
  return { from: text(now - ((search.last ?? usualDays) - 1) * day), to: text(now) };
}

/** Whether a range can be reported on. */
export function isRange(from: string, to: string): boolean {
  if (!asDay(from) || !asDay(to) || from > to) return false;
  return (Date.parse(to) - Date.parse(from)) / day < longestDays;
}
