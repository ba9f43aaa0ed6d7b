import { i18n } from '@lingui/core';
import { I18nProvider } from '@lingui/react';
import { MantineProvider } from '@mantine/core';
import { render, screen } from '@testing-library/react';
import { lazy } from 'react';
import { expect, it, vi } from 'vitest';
import { Part } from './part';

it('keeps the page when the code of a part does not load', async () => {
  vi.spyOn(console, 'error').mockImplementation(() => {});
  vi.spyOn(console, 'warn').mockImplementation(() => {});
  const Missing = lazy(() => Promise.reject(new TypeError('Failed to fetch')));
  render(
    <I18nProvider i18n={i18n}>
      <MantineProvider env="test">
        <p>The conversation</p>
        <Part>
          <Missing />
        </Part>
      </MantineProvider>
    </I18nProvider>,
  );
  await screen.findByRole('button', { name: 'Try again' });
  expect(screen.getByText('The conversation')).toBeVisible();
});
