// After the build: what the server sends to browsers that take Brotli is compressed
// once and well here, and the file that Go's embedding needs is put back.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync } from 'node:zlib';

const dist = fileURLToPath(new URL('../dist/', import.meta.url));
const text = /\.(?:js|css|html|svg|json|webmanifest)$/;
for (const name of readdirSync(dist, { recursive: true, encoding: 'utf8' })) {
  const file = join(dist, name);
  if (!text.test(name) || !statSync(file).isFile()) continue;
  const whole = readFileSync(file);
  const small = brotliCompressSync(whole);
  if (small.length < whole.length * 0.9) writeFileSync(`${file}.br`, small);
}
// Vite empties dist/; the Go package that embeds it needs one committed file there.
writeFileSync(join(dist, '.keep'), '');
