import { browserTimeZone } from '@/lib/time';

/** A day and an hour as a clock on the wall shows them. */
export interface Wall {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
}

/** What a clock on the wall shows in a time zone. */
export function wallOf(at: Date, zone: string): Wall {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone || browserTimeZone(),
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    hourCycle: 'h23',
  }).formatToParts(at);
  const of = (type: string) => Number(parts.find((part) => part.type === type)?.value);
  return {
    year: of('year'),
    month: of('month'),
    day: of('day'),
    hour: of('hour'),
    minute: of('minute'),
  };
}

/** When the clock on the wall of a time zone shows this; a skipped hour counts as the next one. */
export function momentOf({ year, month, day, hour, minute }: Wall, zone: string): Date {
  const wanted = Date.UTC(year, month - 1, day, hour, minute);
  let at = wanted;
  for (let round = 0; round < 2; round += 1) {
    const shown = wallOf(new Date(at), zone);
    const is = Date.UTC(shown.year, shown.month - 1, shown.day, shown.hour, shown.minute);
    at += wanted - is;
  }
  return new Date(at);
}

/** So many days after a moment, at an hour, in a time zone. */
export function daysOn(from: Date, days: number, hour: number, zone: string): Date {
  const wall = wallOf(from, zone);
  const day = new Date(Date.UTC(wall.year, wall.month - 1, wall.day + days));
  return momentOf(
    {
      year: day.getUTCFullYear(),
      month: day.getUTCMonth() + 1,
      day: day.getUTCDate(),
      hour,
      minute: 0,
    },
    zone,
  );
}

/** How many days it is to the next such day of the week (0 is Sunday), at least one. */
export function daysTo(weekday: number, from: Date, zone: string): number {
  const { year, month, day } = wallOf(from, zone);
  const today = new Date(Date.UTC(year, month - 1, day)).getUTCDay();
  return (weekday - today + 7) % 7 || 7;
}

const span: Record<string, number> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** Reads `3d`, `4h`, `17:30`, `2026-12-01` or `2026-12-01 17:30`; null for anything else. */
export function readMoment(text: string, now: Date, zone: string, hour: number): Date | null {
  const typed = text.trim();
  const relative = /^\+?(\d{1,4})\s*([mhdw])$/i.exec(typed);
  if (relative?.[1] && relative[2]) {
    const size = span[relative[2].toLowerCase()] ?? 0;
    return new Date(now.getTime() + Number(relative[1]) * size);
  }
  const clock = /^(\d{1,2}):(\d{2})$/.exec(typed);
  const full = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T](\d{1,2}):(\d{2}))?$/.exec(typed);
  if (!clock && !full) return null;
  const today = wallOf(now, zone);
  const wall: Wall = clock
    ? { ...today, hour: Number(clock[1]), minute: Number(clock[2]) }
    : {
        year: Number(full?.[1]),
        month: Number(full?.[2]),
        day: Number(full?.[3]),
        hour: full?.[4] === undefined ? hour : Number(full[4]),
        minute: Number(full?.[5] ?? 0),
      };
  if (wall.hour > 23 || wall.minute > 59 || wall.month > 12 || wall.day > 31) return null;
  const at = momentOf(wall, zone);
  if (clock && at <= now) return daysOn(at, 1, wall.hour, zone);
  return at;
}
