import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const css = readFileSync('src/features/ticket/ticket-row.module.css', 'utf8');

/** The fixed columns of a grid with its gaps and padding. */
function taken(columns: string): number {
  const cells = columns.split(/ (?![^(]*\))/);
  const fixed = cells.map((cell) => (/^\d+px$/.test(cell) ? Number.parseInt(cell, 10) : 0));
  return fixed.reduce((sum, one) => sum + one + 12, -12) + 24;
}

const grid = `grid-template-columns: ([^;]+);`;

it('leaves the title 200 px in one line, however narrow the list', () => {
  // The first grid needs the room below which the next one takes its place, and so on.
  const all = new RegExp(String.raw`^\.row \{\s+display: grid;\s+${grid}`, 'm').exec(css)?.[1];
  const steps = [
    ...css.matchAll(
      new RegExp(
        String.raw`@container tickets \(max-width: (\d+)px\) \{\s+\.wide \{\s+${grid}`,
        'g',
      ),
    ),
  ].map(([, width, columns]) => ({ width: Number(width), columns: columns ?? '' }));
  expect(steps.length).toBe(3);
  const [people, stacked] = steps;
  expect((people?.width ?? 0) + 1 - taken(all ?? '')).toBeGreaterThanOrEqual(200);
  expect((stacked?.width ?? 0) + 1 - taken(people?.columns ?? '')).toBeGreaterThanOrEqual(200);
});
