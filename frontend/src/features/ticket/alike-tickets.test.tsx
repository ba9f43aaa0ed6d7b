import { screen } from '@testing-library/react';
import { HttpResponse } from 'msw';
import { expect, it } from 'vitest';
import { openApp } from '@/testing/render';
import { on, server } from '@/testing/server';

it('begins with one field, and shows what was reported already', async () => {
  const asked: (string | null)[] = [];
  server.use(
    on.get('/tickets/similar', ({ request }) => {
      asked.push(new URL(request.url).searchParams.get('text'));
      const ticket = { id: 7, title: 'Printer is on fire', status: 'open' };
      return HttpResponse.json({ results: [{ ...ticket, updated_at: '2026-11-01T09:00:00Z' }] });
    }),
  );
  const { user } = openApp('/tickets/new', 'employee');
  const title = await screen.findByLabelText(/What is wrong/);
  expect(screen.queryByLabelText(/What happened/)).toBeNull();
  await user.type(title, 'Printer burns');
  expect(await screen.findByText('Printer is on fire')).toBeVisible();
  expect(screen.getByLabelText(/What happened/)).toBeVisible();
  expect(asked.at(-1)).toBe('Printer burns');
});
