import { screen, waitFor, within } from '@testing-library/react';
import { delay, HttpResponse } from 'msw';
import { expect, it } from 'vitest';
import type { Category, Field } from '@/lib/api';
import { openApp } from '@/testing/render';
import { on, problem, server } from '@/testing/server';

const aCategory = (over: Partial<Category> = {}) =>
  ({
    ...{ id: 1, name: 'Printers', path: 'Printers', description: '', parent_id: null },
    ...{ fields: [], team_id: null, priority: null, active: true, position: 0, version: 1 },
    ...over,
  }) as Category;

const aField = (id: number, name: string, over: Partial<Field> = {}) =>
  ({
    ...{ id, name, slug: name.toLowerCase(), kind: 'text', help: '', options: [], required: null },
    ...{ everywhere: false, employee_view: true, employee_edit: true, archived: false },
    ...{ position: 0, version: 1, ...over },
  }) as Field;

/** A slow server with the setup that keeps versions, and the bodies it was sent. */
function desk(categories: Category[], fields: Field[]) {
  const sent: object[] = [];
  const write =
    (list: { id: number; version: number }[]) =>
    async ({ request, params }: { request: Request; params: { id?: unknown } }) => {
      const body = (await request.json()) as { name?: string; options?: Field['options'] };
      sent.push(body);
      await delay(50);
      const at = list.findIndex(({ id }) => id === Number(params.id));
      const now = list[at];
      if (!now || request.headers.get('If-Match') !== `"v${now.version}."`) return problem(412);
      const labels = body.options?.map(({ label }) => label) ?? [];
      if (body.name === 'Phones') return problem(400, { errors: { name: ['Taken already.'] } });
      if (new Set(labels).size < labels.length) {
        return problem(400, { errors: { options: ['Each needs a label of its own.'] } });
      }
      const options = body.options?.map((one, i) => ({ ...one, id: one.id ?? 100 + i }));
      list[at] = { ...now, ...body, ...(options && { options }), version: now.version + 1 };
      return HttpResponse.json(list[at]);
    };
  server.use(
    on.get('/categories', () => HttpResponse.json({ categories })),
    on.get('/fields', () => HttpResponse.json({ fields })),
    on.patch('/categories/:id', write(categories)),
    on.patch('/fields/:id', write(fields)),
    on.delete('/categories/:id', ({ params }) => {
      categories.splice(
        categories.findIndex(({ id }) => id === Number(params.id)),
        1,
      );
      return new HttpResponse(null, { status: 204 });
    }),
  );
  return { sent };
}

it('builds each change on the one before it, however slow the server is', async () => {
  const fields = [aField(1, 'Site'), aField(2, 'Room'), aField(3, 'Asset')];
  const { sent } = desk([aCategory()], fields);
  const { user } = openApp('/desk', 'admin');
  await user.click(await screen.findByRole('combobox', { name: 'Form' }));
  for (const name of ['Site', 'Room', 'Asset']) {
    await user.click(await screen.findByRole('option', { name }));
  }
  await waitFor(() =>
    expect(sent).toEqual([{ fields: [1] }, { fields: [1, 2] }, { fields: [1, 2, 3] }]),
  );
});

it('adds several choices in a row, and gives back the one that is refused', async () => {
  const first = { id: 7, label: 'Berlin', active: true } as Field['options'][number];
  const fields = [aField(1, 'Site', { kind: 'choice', options: [first] })];
  desk([], fields);
  const { user } = openApp('/desk', 'admin');
  await user.click(await screen.findByRole('tab', { name: 'Fields' }));
  const box = await screen.findByLabelText('New choice of Site');
  await user.type(box, 'Paris{Enter}Rome{Enter}Berlin{Enter}');
  await waitFor(() => expect(box).toHaveValue('Berlin'));
  expect(box).toHaveAccessibleDescription('Berlin: Each needs a label of its own.');
  expect(fields[0]?.options.map(({ label }) => label)).toEqual(['Berlin', 'Paris', 'Rome']);
});

it('says at the field what is wrong with a name, and keeps what was typed', async () => {
  desk([aCategory()], []);
  const { user } = openApp('/desk', 'admin');
  const row = within(await screen.findByRole('region', { name: 'Printers' }));
  const name = row.getByLabelText('Name');
  await user.clear(name);
  await user.type(name, 'Phones');
  await user.tab();
  await waitFor(() => expect(name).toHaveAccessibleDescription('Taken already.'));
  expect(name).toHaveValue('Phones');
  expect(screen.getByText('Taken already.', { selector: '[role=status] *' })).toBeVisible();
  await user.type(name, ' 2');
  await user.tab();
  await waitFor(() => expect(name).not.toHaveAccessibleDescription());
  await waitFor(() => expect(screen.queryByText('Taken already.')).toBeNull());
  expect(name).toHaveValue('Phones 2');
});

it('asks before it deletes a category, and goes on to the next one', async () => {
  const categories = [aCategory(), aCategory({ id: 2, name: 'Phones', path: 'Phones' })];
  desk(categories, []);
  const { user } = openApp('/desk', 'admin');
  await user.click(await screen.findByRole('button', { name: 'Delete Printers' }));
  const dialog = await screen.findByRole('dialog', { name: 'Delete the category Printers?' });
  expect(categories).toHaveLength(2);
  await user.click(within(dialog).getByRole('button', { name: 'Delete category' }));
  await waitFor(() => expect(screen.getByRole('button', { name: 'Delete Phones' })).toHaveFocus());
  expect(categories).toHaveLength(1);
});
