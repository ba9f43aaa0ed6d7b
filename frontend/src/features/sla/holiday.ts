import type { Calendar } from '@/lib/api';

export type Holiday = Calendar['holidays'][number];

export const keyOf = (h: Holiday) => `${h.first} ${h.last} ${h.name}`;

/** Both lists as one, by day, without what is there twice. */
export function merged(have: Holiday[], more: Holiday[]): Holiday[] {
  const all = new Map([...have, ...more].map((h) => [keyOf(h), h]));
  return [...all.values()].sort((a, b) => a.first.localeCompare(b.first));
}
