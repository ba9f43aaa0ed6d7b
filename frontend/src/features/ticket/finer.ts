import type { PillTone } from '@/ui/pill';
import { type Status, statuses } from './labels';

/** What is shown of a finer status. */
export interface Finer {
  label: string;
  /** Of the palette; empty for that of its status. */
  colour: string;
}

const tones: Record<string, PillTone> = {
  blue: 'blue',
  violet: 'violet',
  green: 'green',
  grey: 'grey',
  amber: 'amber',
  red: 'rose',
  teal: 'teal',
};

/** The look of a finer status: its own colour, or that of its status. */
export const finerTone = (status: Status, { colour }: Pick<Finer, 'colour'>): PillTone =>
  tones[colour] ?? statuses[status].tone;

const names: Partial<Record<PillTone, string>> = { rose: 'red' };

/** The same as a colour of CSS, for icons. */
export function finerColour(status: Status, finer: Pick<Finer, 'colour'>): string {
  const tone = finerTone(status, finer);
  return `var(--fd-${names[tone] ?? tone})`;
}
