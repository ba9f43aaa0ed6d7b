import { useSyncExternalStore } from 'react';

const units: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 365 * 86_400],
  ['month', 30 * 86_400],
  ['week', 7 * 86_400],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
];

/** "3 hr. ago", or "3 hours ago" in the long style, in the given language. */
export function relativeTime(
  iso: string,
  now: number,
  locale: string,
  style: 'short' | 'long' = 'short',
): string {
  const seconds = (new Date(iso).getTime() - now) / 1000;
  const format = relativeFormat(locale, style);
  for (const [unit, size] of units) {
    if (Math.abs(seconds) >= size) return format.format(Math.trunc(seconds / size), unit);
  }
  return format.format(0, 'second');
}

/** The time zone of the profile; empty for the browser's. */
let chosenZone = '';

/** Shows times in this zone from now on; one that the browser does not know counts as none. */
export function chooseTimeZone(zone: string): void {
  try {
    if (zone) new Intl.DateTimeFormat('en', { timeZone: zone });
    chosenZone = zone;
  } catch {
    chosenZone = '';
  }
}

/** The reader's time zone: the profile's, else the browser's. */
export function timeZone(): string {
  return chosenZone || browserTimeZone();
}

/** Date and time to the minute in the reader's time zone, and which zone that is. */
export function exactTime(iso: string, locale: string): string {
  return exactFormat(locale, timeZone()).format(new Date(iso));
}

/** The same without the zone, for lists of many. */
export function shortTime(iso: string, locale: string): string {
  return shortFormat(locale, timeZone()).format(new Date(iso));
}

// Making a format takes a hundred times as long as using it, and a page shows many times.
const relativeFormat = remembered(
  (locale: string, style: 'short' | 'long') =>
    new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style }),
);
const toTheMinute = {
  year: 'numeric',
  month: 'short',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
} as const;
const exactFormat = remembered(
  (locale: string, zone: string) =>
    new Intl.DateTimeFormat(locale, { ...toTheMinute, timeZone: zone, timeZoneName: 'short' }),
);
const shortFormat = remembered(
  (locale: string, zone: string) =>
    new Intl.DateTimeFormat(locale, { ...toTheMinute, timeZone: zone }),
);

/** The same function, which keeps what it made for the same arguments. */
function remembered<A extends string[], T>(make: (...args: A) => T): (...args: A) => T {
  const made = new Map<string, T>();
  return (...args) => {
    const key = args.join(' ');
    const found = made.get(key) ?? make(...args);
    made.set(key, found);
    return found;
  };
}

// One clock for all times on the page; it only ticks while somebody looks at one.
let now = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;
const watchers = new Set<() => void>();

function watch(callback: () => void): () => void {
  watchers.add(callback);
  timer ??= setInterval(() => {
    now = Date.now();
    for (const watcher of watchers) watcher();
  }, 30_000);
  return () => {
    watchers.delete(callback);
    if (watchers.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

/** The current time, renewed twice a minute. */
export function useNow(): number {
  return useSyncExternalStore(watch, () => now);
}

let browsersZone: string | undefined;

/** The time zone of the browser when the page was loaded, as IANA names it. */
export function browserTimeZone(): string {
  browsersZone ??= Intl.DateTimeFormat().resolvedOptions().timeZone;
  return browsersZone;
}
