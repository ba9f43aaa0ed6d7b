import { i18n } from '@lingui/core';
import { I18nProvider } from '@lingui/react';
import { DirectionProvider, localStorageColorSchemeManager, MantineProvider } from '@mantine/core';
import { type QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { directionOf } from '@/lib/i18n';
import { cssVariables, theme } from '@/ui/theme';
import type { AppRouter } from './router';

const colorSchemes = localStorageColorSchemeManager({ key: 'fixdesk.color-scheme' });

interface AppProps {
  router: AppRouter;
  queryClient: QueryClient;
  /** `test` switches Mantine's transitions off. */
  env?: 'default' | 'test';
}

/** The whole app with everything it stands on. */
export function App({ router, queryClient, env = 'default' }: AppProps) {
  return (
    <I18nProvider i18n={i18n}>
      {/* Mantine reads the side once; choosing another language sets it on the document. */}
      <DirectionProvider initialDirection={directionOf(i18n.locale)} detectDirection={false}>
        <MantineProvider
          theme={theme}
          cssVariablesResolver={cssVariables}
          colorSchemeManager={colorSchemes}
          defaultColorScheme="auto"
          env={env}
        >
          <QueryClientProvider client={queryClient}>
            <RouterProvider router={router} />
          </QueryClientProvider>
        </MantineProvider>
      </DirectionProvider>
    </I18nProvider>
  );
}
