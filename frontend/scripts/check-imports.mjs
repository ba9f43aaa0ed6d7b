// Keeps the floors of the app: app → features → ui → lib. Features know each
// other only through index.ts and only downwards. Nothing imports in a circle.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const src = fileURLToPath(new URL('../src/', import.meta.url));
/** A feature may use those before it. */
const features = [
  'auth',
  'user',
  'attachment',
  'team',
  'macro',
  'rule',
  'routing',
  'recurring',
  'ticket',
  'desk',
  'outbox',
  'tour',
  'job',
  'webhook',
  'sla',
  'report',
  'dashboard',
  'command',
];
const floors = { lib: 0, ui: 1, features: 2, app: 3, testing: 4 };

const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.tsx?$/.test(file) && !file.endsWith('.d.ts'))
  .map((file) => file.replaceAll('\\', '/'));
const known = new Set(files);
const faults = [];
const graph = new Map();
const done = new Set();

for (const file of files) {
  const imports = ts
    .preProcessFile(readFileSync(join(src, file), 'utf8'), true, true)
    .importedFiles.map((found) => target(file, found.fileName))
    .filter((found) => found !== null);
  graph.set(file, imports);
  for (const to of imports) check(file, to);
}
for (const file of files) findCircle(file, []);

if (faults.length > 0) {
  for (const fault of new Set(faults)) console.error(fault);
  process.exit(1);
}
console.log(`${files.length} files keep to their floors.`);

/** The file of src/ that an import means, or null for packages and styles. */
function target(from, name) {
  let path;
  if (name.startsWith('@/')) path = name.slice(2);
  else if (name.startsWith('.')) path = relative(src, resolve(src, dirname(from), name));
  else return null;
  const candidates = [path, `${path}.ts`, `${path}.tsx`, `${path}/index.ts`];
  return candidates.find((candidate) => known.has(candidate)) ?? null;
}

function check(from, to) {
  const [floor, feature] = from.split('/');
  const [otherFloor, otherFeature, file] = to.split('/');
  if (/\.test\.tsx?$/.test(from) || floor === 'testing') return;
  if (floors[otherFloor] > floors[floor]) faults.push(`${from} looks up at ${to}`);
  if (floor !== 'features' || otherFloor !== 'features' || feature === otherFeature) return;
  if (file !== 'index.ts') faults.push(`${from} looks into ${to}, past its index.ts`);
  if (features.indexOf(otherFeature) > features.indexOf(feature)) {
    faults.push(`${from} uses the higher feature ${otherFeature}`);
  }
}

function findCircle(file, path) {
  const at = path.indexOf(file);
  if (at >= 0) {
    const circle = path.slice(at);
    // The generated client and its settings know each other by design.
    if (circle.every((name) => name.startsWith('lib/'))) return;
    faults.push(`circle: ${[...circle].sort().join(', ')}`);
    return;
  }
  if (path.length > 40 || done.has(file)) return;
  for (const next of graph.get(file) ?? []) findCircle(next, [...path, file]);
  done.add(file);
}
