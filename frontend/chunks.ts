import { fileURLToPath } from 'node:url';
import type { Rolldown } from 'vite';

/** What so many pages or more share is in one file for all of them. */
const many = 8;

/**
 * What the first chunk draws with. Their packages' index names everything that they have, so
 * that this does not follow from what is imported; when one is missing here, `ui` becomes a
 * part of the first chunk, and its budget fails the build.
 */
const firstOfPackages = [
  /\/@mantine\/core\/esm\/(core|components\/(Button|Loader|Skeleton|Transition|UnstyledButton))\//,
  /\/@tabler\/icons-react\/dist\/esm\/(createReactComponent|icons\/Icon(AlertTriangle|CloudOff|Inbox|Refresh))\.mjs/,
];
const packageIndex = /\/@(mantine|tabler)\/.*\/index\.mjs$/;

/**
 * What goes into one file. Left alone, what pages share becomes some hundred files of a few
 * lines, and to ask for each of them takes a browser longer than to run it. Each of these
 * needs only those above it, so that no two files need each other.
 */
export function chunks(): Rolldown.CodeSplittingGroup[] {
  return [
    {
      name: (id, modules) =>
        firstOfPackages.some((one) => one.test(id)) || first(modules).has(id) ? 'first' : null,
      debugName: 'first',
      priority: 3,
    },
    {
      name: 'ui',
      test: /\/@(mantine\/(core|form|hooks)|tabler\/icons-react)\//,
      minShareCount: many,
      priority: 2,
    },
    { name: 'common', test: /\/frontend\/src\//, minShareCount: many, priority: 1 },
  ];
}

let known: Set<string> | undefined;

/** The modules that the app's first one imports, and those that these import. */
function first(modules: Rolldown.ChunkingContext): Set<string> {
  if (known) return known;
  known = new Set([fileURLToPath(new URL('./src/app/main.tsx', import.meta.url))]);
  // What is added while one walks through a set is walked through, too.
  for (const id of known) {
    if (packageIndex.test(id)) continue;
    for (const next of modules.getModuleInfo(id)?.importedIds ?? []) known.add(next);
  }
  return known;
}
