import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { HttpResponse } from 'msw';
import { expect, it, vi } from 'vitest';
import { openApp } from '@/testing/render';
import { on, server } from '@/testing/server';

it('exports the list that is shown, with its filters and the chosen columns', async () => {
  const asked: URLSearchParams[] = [];
  server.use(
    on.get('/tickets/export_columns', () =>
      HttpResponse.json({
        columns: [
          { name: 'id', title: 'Number', default: true },
          { name: 'title', title: 'Title', default: true },
          { name: 'odd', title: 'Something new', default: false },
        ],
      }),
    ),
    on.get('/tickets/export', ({ request }) => {
      asked.push(new URL(request.url).searchParams);
      return new HttpResponse('x', {
        headers: { 'Content-Disposition': 'attachment; filename="../tickets.csv"' },
      });
    }),
  );
  vi.spyOn(URL, 'createObjectURL').mockReturnValue('blob:x');
  openApp('/tickets?q=printer&status=open', 'employee');
  await userEvent.click(await screen.findByRole('button', { name: 'Export tickets' }));
  await userEvent.click(await screen.findByRole('radio', { name: 'CSV' }));
  await userEvent.click(screen.getByRole('checkbox', { name: 'Something new' }));
  await userEvent.click(screen.getByRole('checkbox', { name: 'Number' }));
  const buttons = screen.getAllByRole('button', { name: 'Export tickets' });
  await userEvent.click(buttons.at(-1) as HTMLElement);
  await waitFor(() => expect(asked).toHaveLength(1));
  expect(Object.fromEntries(asked[0] ?? [])).toMatchObject({
    format: 'csv',
    columns: 'title,odd',
    q: 'printer',
    status: 'open',
  });
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
});
