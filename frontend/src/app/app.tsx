import { i18n } from '@lingui/core';
import { I18nProvider } from '@lingui/react';
import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { makeQueryClient } from '@/lib/query';
import { cssVariables, theme } from '@/ui/theme';
import { followSession } from './follow-session';
import { makeRouter } from './router';

const queryClient = makeQueryClient();
const router = makeRouter();
const colorSchemes = localStorageColorSchemeManager({ key: 'fixdesk.color-scheme' });

followSession(router, queryClient);

/** The whole app with everything it stands on. */
export function App() {
  return (
    <StrictMode>
      <I18nProvider i18n={i18n}>
        <MantineProvider
          theme={theme}
          cssVariablesResolver={cssVariables}
          colorSchemeManager={colorSchemes}
          defaultColorScheme="auto"
        >
          <QueryClientProvider client={queryClient}>
            <RouterProvider router={router} />
          </QueryClientProvider>
        </MantineProvider>
      </I18nProvider>
    </StrictMode>
  );
}
