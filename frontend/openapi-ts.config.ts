import { defineConfig } from '@hey-api/openapi-ts';

export default defineConfig({
  input: process.env.FIXDESK_OPENAPI ?? '../docs/openapi.json',
  output: { path: 'src/lib/api', clean: true },
  plugins: [
    { name: '@hey-api/client-fetch', runtimeConfigPath: '@/lib/client-config' },
    '@hey-api/typescript',
    '@hey-api/sdk',
    '@tanstack/react-query',
  ],
});
