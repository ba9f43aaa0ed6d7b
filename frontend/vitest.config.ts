import { defineConfig, mergeConfig } from 'vitest/config';
import base from './vite.config.ts';

export default mergeConfig(
  base,
  defineConfig({
    // The icon package's module build is thousands of files; one file loads faster in tests.
    resolve: {
      alias: {
        '@tabler/icons-react': '@tabler/icons-react/dist/cjs/tabler-icons-react.cjs',
      },
    },
    test: {
      environment: 'happy-dom',
      environmentOptions: { happyDOM: { url: 'http://localhost:3000/' } },
      include: ['src/**/*.test.{ts,tsx}'],
      setupFiles: ['src/testing/setup.ts'],
      css: false,
      restoreMocks: true,
      maxWorkers: 2,
      testTimeout: 120_000,
    },
  }),
);
