import { defineConfig } from '@hey-api/openapi-ts';

export default defineConfig({
  input: process.env.FIXDESK_OPENAPI ?? '../docs/openapi.json',
  output: { path: 'src/lib/api', clean: true },
  // Not `after`: it is where a stream goes on, and streams have no pages.
  parser: { pagination: { keywords: ['before', 'cursor', 'offset', 'page', 'start'] } },
  plugins: [
    { name: '@hey-api/client-fetch', runtimeConfigPath: '@/lib/client-config' },
    '@hey-api/typescript',
    '@hey-api/sdk',
    '@tanstack/react-query',
  ],
});
