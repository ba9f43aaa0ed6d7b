// Vite empties dist/; the Go package that embeds it needs one committed file there.
import { writeFileSync } from 'node:fs';

writeFileSync(new URL('../dist/.keep', import.meta.url), '');
