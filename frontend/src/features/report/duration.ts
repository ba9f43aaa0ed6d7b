/** Where each unit begins to be used, in seconds. */
const units = [
  { unit: 'day', size: 86_400, from: 2 * 86_400 },
  { unit: 'hour', size: 3600, from: 90 * 60 },
  { unit: 'minute', size: 60, from: 90 },
  { unit: 'second', size: 1, from: 0 },
] as const;

/** "2.5 hr", as short as its precision allows. */
export function formatDuration(seconds: number, locale: string): string {
  const found = units.find(({ from }) => seconds >= from) ?? units[3];
  return new Intl.NumberFormat(locale, {
    style: 'unit',
    unit: found.unit,
    unitDisplay: 'short',
    maximumFractionDigits: seconds / found.size < 10 && found.size > 60 ? 1 : 0,
  }).format(seconds / found.size);
}
