import { screen } from '@testing-library/react';
import { HttpResponse } from 'msw';
import { expect, it } from 'vitest';
import type { Field } from '@/lib/api';
import { openApp } from '@/testing/render';
import { on, problem, server } from '@/testing/server';

function aField(id: number, name: string): Field {
  return {
    ...{ id, name, slug: name.toLowerCase(), kind: 'text', help: '', position: id, options: [] },
    ...{ required: null, everywhere: true, employee_view: true, employee_edit: true },
    ...{ archived: false, version: 1 },
  } as unknown as Field;
}

it('moves nothing while only a part is shown', async () => {
  const fields = ['Room', 'Asset', 'Room key'].map((name, at) => aField(at, name));
  server.use(
    on.get('/routing/availability', () => problem(404)),
    on.get('/fields', () => HttpResponse.json({ fields })),
  );
  const { user } = openApp('/desk', 'admin');
  await user.click(await screen.findByRole('tab', { name: 'Fields' }));
  expect(await screen.findByRole('button', { name: 'Move Room down' })).toBeVisible();
  await user.type(screen.getByLabelText('Find'), 'room');
  expect(screen.queryByRole('button', { name: /^Move/ })).toBeNull();
  expect(screen.getByText('To change the order, empty the search first.')).toBeVisible();
  await user.clear(screen.getByLabelText('Find'));
  expect(screen.getByRole('button', { name: 'Move Room down' })).toBeVisible();
});
