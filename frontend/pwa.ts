import { VitePWA } from 'vite-plugin-pwa';

/**
 * The installable app: its manifest, and a service worker that keeps the code of
 * the app, and nothing else. What the server answers is never in its cache; what
 * can be read without a network is kept per person by lib/offline.
 */
export function pwa() {
  return VitePWA({
    // The person decides when: a reload in the middle of a sentence would be rude.
    registerType: 'prompt',
    injectRegister: false,
    manifest: {
      id: '/',
      name: 'Fixdesk',
      short_name: 'Fixdesk',
      description: 'Report a problem, follow it, see it solved.',
      start_url: '/',
      scope: '/',
      display: 'standalone',
      background_color: '#ffffff',
      theme_color: '#364fc7',
      icons: [
        { src: '/favicon.svg', sizes: 'any', type: 'image/svg+xml' },
        { src: '/icons/icon-192.png', sizes: '192x192', type: 'image/png' },
        { src: '/icons/icon-512.png', sizes: '512x512', type: 'image/png' },
        {
          src: '/icons/maskable-512.png',
          sizes: '512x512',
          type: 'image/png',
          purpose: 'maskable',
        },
      ],
      shortcuts: [
        { name: 'New ticket', url: '/tickets/new' },
        { name: 'Tickets', url: '/tickets' },
      ],
    },
    workbox: {
      globPatterns: ['**/*.{js,css,html,svg,png}'],
      // All emoji with their names: what is not seen without a network is not missed. Nor is
      // the reader of PDFs: the files themselves need a network.
      globIgnores: ['assets/compact-*.js', 'assets/holiday-data-*.js', 'assets/pdf[.-]*.js'],
      // Their names change with their content.
      dontCacheBustURLsMatching: /^assets\//,
      navigateFallback: '/index.html',
      navigateFallbackDenylist: [/^\/(api|swagger|healthz|readyz|metrics)(\/|$)/],
      inlineWorkboxRuntime: true,
      importScripts: ['/notification-click.js', '/notification-push.js'],
      cleanupOutdatedCaches: true,
    },
  });
}
