import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const css = readFileSync('src/ui/tokens.css', 'utf8');

/** The colours that a rule of the style sheet sets. */
function colours(selector: string): Record<string, string> {
  const body = css.split(`${selector} {`)[1]?.split('}')[0] ?? '';
  return Object.fromEntries(
    [...body.matchAll(/(--[\w-]+): (#[0-9a-f]{6});/g)].map(([, name, value]) => [name, value]),
  );
}

const more = ':root[data-contrast="more"][data-mantine-color-scheme';
const light = { page: '#ffffff', ...colours(':root') };
const dark = { ...light, page: '#16181c', ...colours(':root[data-mantine-color-scheme="dark"]') };
const looks: Record<string, Record<string, string>> = {
  light,
  dark,
  'light with more contrast': { ...light, ...colours(`${more}]`) },
  'dark with more contrast': { ...dark, page: '#000000', ...colours(`${more}="dark"]`) },
};

function luminance(colour: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one = '', other = ''): number {
  const [dim = 0, bright = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (bright + 0.05) / (dim + 0.05);
}

it.each(Object.entries(looks))('can be read in the %s', (_, look) => {
  for (const tone of ['blue', 'violet', 'green', 'grey', 'orange', 'amber', 'red', 'teal']) {
    for (const ground of [look.page, look['--fd-surface'], look[`--fd-${tone}-bg`]]) {
      expect(contrast(look[`--fd-${tone}`], ground), `${tone} on ${ground}`).toBeGreaterThan(4.5);
    }
  }
});
