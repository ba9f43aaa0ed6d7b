import { defineConfig } from '@lingui/conf';
import { formatter } from '@lingui/format-po';

export default defineConfig({
  sourceLocale: 'en',
  locales: ['en', 'de', 'en-XB'],
  // English in disguise, shown from right to left: proves that texts come from the
  // catalogue and that the layout turns around.
  pseudoLocale: 'en-XB',
  fallbackLocales: { 'en-XB': 'en' },
  catalogs: [
    {
      path: '<rootDir>/src/locales/{locale}/messages',
      include: ['<rootDir>/src'],
      exclude: ['**/*.test.*', '**/testing/**', '**/lib/api/**'],
    },
  ],
  // Line numbers would change the catalogues with every edit.
  format: formatter({ lineNumbers: false, printLinguiId: false }),
});
