import { fileURLToPath } from 'node:url';
import { lingui } from '@lingui/vite-plugin';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { chunks } from './chunks.ts';
import { linguiMacros } from './macros.ts';
import { pwa } from './pwa.ts';

const server = process.env.FIXDESK_DEV_SERVER ?? 'http://localhost:8080';

export default defineConfig({
  plugins: [linguiMacros(), react(), lingui(), pwa()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  build: {
    target: 'es2022',
    sourcemap: false,
    chunkSizeWarningLimit: 700,
    rolldownOptions: { output: { codeSplitting: { groups: chunks() } } },
  },
  worker: { format: 'es' },
  server: {
    port: 5173,
    proxy: { '/api': server, '/healthz': server, '/swagger': server },
  },
});
