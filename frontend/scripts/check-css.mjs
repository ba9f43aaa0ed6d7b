// Fails on style sheets that name a physical side where a logical one is meant:
// such a layout does not turn around for languages read from right to left.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../src', import.meta.url));
const physical =
  /(?:^|[\s;{])((?:margin|padding|border|scroll-margin|scroll-padding)-(?:left|right)|left|right|border-(?:top|bottom)-(?:left|right)-radius)\s*:|text-align:\s*(left|right)\b|float:\s*(left|right)\b/;

let wrong = 0;
for (const entry of readdirSync(root, { recursive: true })) {
  if (!entry.endsWith('.css')) continue;
  const lines = readFileSync(join(root, entry), 'utf8').split('\n');
  lines.forEach((line, i) => {
    // A comment that begins with "physical" says why the side does not turn around.
    if (!physical.test(line) || line.includes('/* physical')) return;
    wrong += 1;
    console.error(`src/${entry}:${i + 1}: use the logical property instead of “${line.trim()}”`);
  });
}
if (wrong > 0) process.exit(1);
console.log('Style sheets name logical sides only.');
