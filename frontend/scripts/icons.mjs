// Draws the icons of the installed app from its mark, public/favicon.svg:
//
//   npm run icons
//
// The pictures are committed; run it again when the mark changes.
import { mkdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const mark = readFileSync(here('../public/favicon.svg'), 'utf8');
// Without its rounded corners: a mask cuts its own shape, of which only the middle is sure to stay.
const whole = mark.replace(' rx="7"', '');
const inset = (svg, by) =>
  svg
    .replace('viewBox="0 0 32 32"', `viewBox="${-by} ${-by} ${32 + 2 * by} ${32 + 2 * by}"`)
    .replace(
      '<rect width="32" height="32"',
      `<rect x="-${by}" y="-${by}" width="${32 + 2 * by}" height="${32 + 2 * by}"`,
    );

const pictures = [
  ['icon-192.png', 192, mark],
  ['icon-512.png', 512, mark],
  ['maskable-512.png', 512, inset(whole, 5)],
  ['apple-touch-icon.png', 180, inset(whole, 2)],
];

mkdirSync(here('../public/icons'), { recursive: true });
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-dev-shm-usage'],
});
for (const [name, size, svg] of pictures) {
  const page = await browser.newPage({ viewport: { width: size, height: size } });
  await page.setContent(
    `<style>*{margin:0}svg{display:block;width:100vw;height:100vh}</style>${svg}`,
  );
  await page.screenshot({ path: here(`../public/icons/${name}`), omitBackground: true });
  await page.close();
}
await browser.close();
