import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** By name, and hostile texts last: they leave hundreds of tickets and people behind. */
class ByName extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const last = ({ moduleId }: TestSpecification) => Number(moduleId.includes('hostile'));
    return [...files].sort((a, b) => last(a) - last(b) || a.moduleId.localeCompare(b.moduleId));
  }
}

/** Journeys in a real browser against the real binary; one at a time, they share one desk. */
export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    include: ['e2e/**/*.e2e.ts'],
    globalSetup: ['e2e/start-desk.ts'],
    environment: 'node',
    sequence: { sequencer: ByName },
    fileParallelism: false,
    maxWorkers: 1,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // As patient as with what is to appear.
    expect: { poll: { timeout: 15_000 } },
    passWithNoTests: false,
    // A shared machine may stall a browser for seconds; what is wrong fails each time.
    // The last try has a server of its own.
    retry: process.env.CI ? 2 : 0,
  },
});
