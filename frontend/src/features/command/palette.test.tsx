import { screen, waitFor } from '@testing-library/react';
import { HttpResponse } from 'msw';
import { expect, it } from 'vitest';
import { aList, aTicket, aTicketDetail, aUser } from '@/testing/fixtures';
import { openApp } from '@/testing/render';
import { on, problem, server } from '@/testing/server';

it('opens a ticket by its number', async () => {
  server.use(
    on.get('/tickets/:id', ({ params }) =>
      params.id === '7'
        ? HttpResponse.json(aTicketDetail({ id: 7, title: 'Lucky' }))
        : problem(404),
    ),
  );
  const { user, router } = openApp('/', 'it_staff');
  await screen.findByRole('heading', { level: 1 });
  await user.keyboard('{Control>}k{/Control}');
  await user.keyboard('#7');
  await screen.findByRole('option', { name: /Lucky/ });
  await user.keyboard('{Enter}');
  await waitFor(() => expect(router.state.location.pathname).toBe('/tickets/7'));
});

it('finds tickets by their words and people to assign', async () => {
  let sent: unknown;
  server.use(
    on.get('/tickets/:id', () => HttpResponse.json(aTicketDetail())),
    on.get('/tickets', () =>
      HttpResponse.json(aList([aTicket({ id: 8, title: 'Zoe is locked out' })])),
    ),
    on.get('/assignees', () =>
      HttpResponse.json(aList([aUser('it_staff', { id: 9, username: 'zoe' })])),
    ),
    on.post('/tickets/:id/assign', async ({ request }) => {
      sent = await request.json();
      return HttpResponse.json(aTicketDetail({ version: 2 }));
    }),
  );
  const { user } = openApp('/tickets/42', 'it_staff');
  await screen.findByRole('heading', { name: 'Printer on fire' });
  await user.keyboard('{Control>}k{/Control}');
  await user.keyboard('zoe');
  expect(await screen.findByRole('option', { name: /Zoe is locked out/ })).toBeVisible();
  await user.click(await screen.findByRole('option', { name: 'zoe zoe' }));
  await waitFor(() => expect(sent).toEqual({ user_id: 9 }));
});

it('closes without doing anything, and gives the focus back', async () => {
  server.use(on.get('/tickets/:id', () => HttpResponse.json(aTicketDetail())));
  const { user } = openApp('/tickets/42', 'it_staff');
  const button = await screen.findByRole('button', { name: 'Assign to me' });
  button.focus();
  await user.keyboard('{Control>}k{/Control}');
  const field = screen.getByRole('dialog').querySelector('input');
  const first = screen.getAllByRole('option')[0];
  await waitFor(() => expect(field).toHaveAttribute('aria-activedescendant', first?.id));
  await user.keyboard('nothing of this name');
  expect(await screen.findByText('Nothing found')).toBeVisible();
  expect(field).not.toHaveAttribute('aria-activedescendant');
  await user.keyboard('{Enter}{Escape}');
  expect(screen.queryByRole('dialog')).toBeNull();
  expect(button).toHaveFocus();
});
