/** How often something is, as it is put together on the screen. */
export interface Frequency {
  every: 'DAILY' | 'WEEKLY' | 'MONTHLY' | 'YEARLY';
  interval: number;
  /** Days of the week, for WEEKLY; none for that of the start. */
  weekdays: Weekday[];
  /** Which day of a month: one by its number, or one of its Mondays. */
  month: 'day' | 'weekday';
  day: number; // -1 is the last one
  nth: number; // -1 is the last one
  weekday: Weekday;
  ends: 'never' | 'until' | 'count';
  until: string; // a date
  count: number;
}

export const weekdays = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'] as const;
export type Weekday = (typeof weekdays)[number];

export const fresh = (start: string): Frequency => ({
  every: 'WEEKLY',
  interval: 1,
  weekdays: [weekdayOf(start)],
  month: 'day',
  day: Number(start.slice(8, 10)) || 1,
  nth: 1,
  weekday: weekdayOf(start),
  ends: 'never',
  until: '',
  count: 10,
});

/** The day of the week of a date. */
export function weekdayOf(date: string): Weekday {
  const day = new Date(`${date.slice(0, 10)}T00:00:00Z`).getUTCDay();
  return weekdays[(day + 6) % 7] ?? 'MO';
}

/** The rule of RFC 5545 that says it. */
export function toRule(f: Frequency): string {
  const parts = [`FREQ=${f.every}`];
  if (f.interval > 1) parts.push(`INTERVAL=${f.interval}`);
  if (f.every === 'WEEKLY' && f.weekdays.length > 0) {
    parts.push(`BYDAY=${weekdays.filter((day) => f.weekdays.includes(day)).join(',')}`);
  }
  if (f.every === 'MONTHLY') {
    parts.push(f.month === 'day' ? `BYMONTHDAY=${f.day}` : `BYDAY=${f.nth}${f.weekday}`);
  }
  if (f.ends === 'until' && f.until) parts.push(`UNTIL=${f.until.replaceAll('-', '')}`);
  if (f.ends === 'count') parts.push(`COUNT=${f.count}`);
  return parts.join(';');
}

/** What a rule says, or null when the screen has no fields for it. */
export function fromRule(rule: string, start: string): Frequency | null {
  const said = new Map(rule.split(';').map((part) => part.split('=', 2) as [string, string]));
  const f: Frequency = { ...fresh(start), weekdays: [] };
  const every = said.get('FREQ') as Frequency['every'];
  if (!['DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY'].includes(every)) return null;
  f.every = every;
  f.interval = Number(said.get('INTERVAL') ?? 1);
  const days = said.get('BYDAY');
  if (every === 'WEEKLY') f.weekdays = (days?.split(',') ?? []) as Weekday[];
  if (every === 'MONTHLY') {
    const nth = /^(-?\d)([A-Z]{2})$/.exec(days ?? '');
    if (nth) Object.assign(f, { month: 'weekday', nth: Number(nth[1]), weekday: nth[2] });
    else f.day = Number(said.get('BYMONTHDAY') ?? start.slice(8, 10));
  }
  const until = /^(\d{4})(\d\d)(\d\d)$/.exec(said.get('UNTIL') ?? '');
  if (until) Object.assign(f, { ends: 'until', until: until.slice(1).join('-') });
  if (said.has('COUNT')) Object.assign(f, { ends: 'count', count: Number(said.get('COUNT')) });
  // Whatever is in the rule and not in the fields would be lost.
  const same = (text: string) => text.split(';').sort().join(';').replace(';INTERVAL=1', '');
  const implied =
    every === 'MONTHLY' && !days && !said.has('BYMONTHDAY') ? `${rule};BYMONTHDAY=${f.day}` : rule;
  return same(toRule(f)) === same(implied) ? f : null;
}
