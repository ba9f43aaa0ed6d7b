import { screen } from '@testing-library/react';
import { it } from 'vitest';
import { openApp } from '@/testing/render';

it.each(['/users', '/users/new', '/macros', '/mail', '/rules', '/sla', '/reports/time'])(
  'has no page %s for employees',
  async (path) => {
    openApp(path, 'employee');
    await screen.findByRole('heading', { name: 'This page does not exist' });
  },
);

it('has the pages of the staff for them, and no others', async () => {
  openApp('/users', 'it_staff');
  await screen.findByRole('heading', { name: 'This page does not exist' });
});

it('has them for those who may', async () => {
  openApp('/macros', 'it_staff');
  await screen.findByRole('heading', { name: 'Macros' });
});
