// Fails when a language lacks a translation: every string goes through the catalogues.
import { readFileSync } from 'node:fs';
import { formatter } from '@lingui/format-po';

const po = formatter();
let missing = 0;
for (const locale of ['en', 'de']) {
  const file = new URL(`../src/locales/${locale}/messages.po`, import.meta.url);
  const catalogue = await po.parse(readFileSync(file, 'utf8'), {
    locale,
    sourceLocale: 'en',
    filename: file.pathname,
  });
  for (const [id, message] of Object.entries(catalogue)) {
    if (message.translation) continue;
    missing += 1;
    console.error(`${locale}: no translation of “${message.message ?? id}”`);
  }
}
if (missing > 0) process.exit(1);
console.log('Every message has its translations.');
