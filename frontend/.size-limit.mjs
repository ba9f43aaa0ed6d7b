import { readFileSync } from 'node:fs';

// The first chunk is what index.html asks for: the entry and what it preloads.
const html = readFileSync(new URL('./dist/index.html', import.meta.url), 'utf8');
const first = [...html.matchAll(/(?:src|href)="\/(assets\/[^"]+)"/g)].map((m) => `dist/${m[1]}`);

export default [
  {
    name: 'First JavaScript',
    path: first.filter((f) => f.endsWith('.js')),
    limit: '150 kB',
    gzip: true,
  },
  {
    name: 'First style sheet',
    path: first.filter((f) => f.endsWith('.css')),
    limit: '25 kB',
    gzip: true,
  },
];
