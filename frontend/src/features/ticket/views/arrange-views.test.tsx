import { i18n } from '@lingui/core';
import { I18nProvider } from '@lingui/react';
import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { HttpResponse } from 'msw';
import { expect, it } from 'vitest';
import { on, server } from '@/testing/server';
import { ArrangeViews } from './arrange-views';

const view = (id: number, name: string) => ({
  id,
  name,
  icon: '',
  q: '',
  sort: '-created_at',
  columns: [],
  shared_with: null,
  can: { update: true, delete: true },
  version: 1,
});

it('hands the focus on from a view that is deleted', async () => {
  let views = [view(1, 'Printers'), view(2, 'Laptops')];
  server.use(
    on.get('/views', () => HttpResponse.json({ results: views })),
    on.delete('/views/:id', ({ params }) => {
      views = views.filter(({ id }) => id !== Number(params.id));
      return new HttpResponse(null, { status: 204 });
    }),
  );
  render(
    <I18nProvider i18n={i18n}>
      <MantineProvider env="test">
        <QueryClientProvider client={new QueryClient()}>
          <ArrangeViews />
        </QueryClientProvider>
      </MantineProvider>
    </I18nProvider>,
  );
  const user = userEvent.setup();
  await user.click(await screen.findByRole('button', { name: 'Delete “Printers”' }));
  await waitFor(() => expect(screen.queryByText('Printers')).toBeNull());
  const last = screen.getByRole('button', { name: 'Delete “Laptops”' });
  expect(last).toHaveFocus();
  await user.click(last);
  await waitFor(() => expect(screen.queryByText('Laptops')).toBeNull());
  expect(screen.getByRole('dialog')).toHaveFocus();
});
