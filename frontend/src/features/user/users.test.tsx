import { screen, waitFor, within } from '@testing-library/react';
import { HttpResponse } from 'msw';
import { expect, it } from 'vitest';
import { aList, anAccount } from '@/testing/fixtures';
import { openApp } from '@/testing/render';
import { on, problem, server } from '@/testing/server';

it('lists and narrows the people', async () => {
  const asked: string[] = [];
  server.use(
    on.get('/users', ({ request }) => {
      asked.push(new URL(request.url).search);
      return HttpResponse.json(aList([anAccount('it_staff')]));
    }),
  );
  const { user, router } = openApp('/users', 'admin');
  expect(await screen.findByText('stan@example.org')).toBeVisible();
  await user.selectOptions(screen.getByLabelText('Role'), 'IT staff');
  await user.selectOptions(screen.getByLabelText('State'), 'Inactive');
  await waitFor(() => expect(router.state.location.href).toBe('/users?role=it_staff&active=no'));
  await waitFor(() => expect(asked.at(-1)).toContain('is_active=false'));
});

it('sends only what was changed, with the version', async () => {
  server.use(on.get('/users/:id', () => HttpResponse.json(anAccount('employee', { version: 3 }))));
  let sent: unknown;
  server.use(
    on.patch('/users/:id', async ({ request }) => {
      sent = { body: await request.json(), condition: request.headers.get('If-Match') };
      return HttpResponse.json(anAccount('employee', { version: 4, role: 'it_staff' }));
    }),
  );
  const { user } = openApp('/users/1', 'admin');
  await user.selectOptions(await screen.findByLabelText('Role'), 'IT staff');
  await user.click(screen.getByRole('button', { name: 'Save user' }));
  await waitFor(() => expect(sent).toEqual({ body: { role: 'it_staff' }, condition: '"v3."' }));
});

it('explains why the last administrator stays', async () => {
  server.use(
    on.get('/users/:id', () => HttpResponse.json(anAccount('admin', { id: 9 }))),
    on.patch('/users/:id', () => problem(409, { detail: 'The last administrator has to stay.' })),
  );
  const { user } = openApp('/users/9', 'admin');
  await user.click(await screen.findByRole('button', { name: 'Deactivate user' }));
  expect(await screen.findByText('The last administrator has to stay.')).toBeVisible();
});

it('deletes only after the name was typed', async () => {
  let deleted = false;
  server.use(
    on.get('/users/:id', () => HttpResponse.json(anAccount('employee', { id: 9 }))),
    on.get('/users', () => HttpResponse.json(aList([]))),
    on.delete('/users/:id', () => {
      deleted = true;
      return new HttpResponse(null, { status: 204 });
    }),
  );
  const { user } = openApp('/users/9', 'admin');
  await user.click(await screen.findByRole('button', { name: 'Delete user' }));
  const dialog = await screen.findByRole('dialog');
  await user.type(within(dialog).getByLabelText('Type erin to confirm'), 'erin');
  await user.click(within(dialog).getByRole('button', { name: 'Delete user' }));
  await screen.findByRole('heading', { name: 'Users' });
  expect(deleted).toBe(true);
});
