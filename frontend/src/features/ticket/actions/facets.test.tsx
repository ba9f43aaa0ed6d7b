import { screen, waitFor } from '@testing-library/react';
import { HttpResponse } from 'msw';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Field, Substatus, TicketDetail } from '@/lib/api';
import { clearUndo } from '@/lib/undo';
import { aList, aTicketDetail } from '@/testing/fixtures';
import { openApp } from '@/testing/render';
import { on, server } from '@/testing/server';

beforeEach(clearUndo);
afterEach(clearUndo);

const waiting = {
  id: 1,
  slug: 'waiting_for_parts',
  label: 'Waiting for parts',
  state: 'in_progress',
  colour: 'amber',
  active: true,
} as Substatus;

const colour = {
  id: 7,
  slug: 'colour',
  name: 'Colour',
  kind: 'choice',
  help: '',
  archived: false,
  options: [
    { id: 1, label: 'Red', active: true },
    { id: 2, label: 'Blue', active: true },
    { id: 3, label: 'Beige', active: false },
  ],
  can: { set: true },
} as unknown as Field;

/** A desk with a ticket, and what was sent about it. */
function desk() {
  let now = aTicketDetail({ version: 1, status: 'open', tags: ['vpn'] });
  const sent: Record<string, unknown>[] = [];
  server.use(
    on.get('/tickets', () => HttpResponse.json(aList([now]))),
    on.get('/tickets/:id', () => HttpResponse.json(now)),
    on.get('/tags', () => HttpResponse.json({ tags: [{ name: 'vpn' }, { name: 'office' }] })),
    on.get('/substatuses', () => HttpResponse.json({ substatuses: [waiting] })),
    on.get('/fields', () => HttpResponse.json({ fields: [colour] })),
    on.get('/categories', () =>
      HttpResponse.json({
        categories: [
          { id: 1, name: 'Hardware', path: 'Hardware', usable: true, form: [] },
          { id: 2, name: 'Printer', path: 'Hardware/Printer', usable: true, form: [] },
          { id: 3, name: 'Fax', path: 'Hardware/Fax', usable: false, form: [] },
        ],
      }),
    ),
    on.patch('/tickets/:id', async ({ request }) => {
      const body = (await request.json()) as Record<string, unknown>;
      sent.push(body);
      now = { ...now, version: now.version + 1 };
      if (body.tags) now = { ...now, tags: body.tags as string[] };
      if (body.fields) now = { ...now, fields: body.fields as TicketDetail['fields'] };
      if (body.status) {
        const { slug, label } = waiting;
        const substatus = body.substatus ? { slug, label, colour: 'amber' } : null;
        now = { ...now, status: body.status as TicketDetail['status'], substatus };
      }
      return HttpResponse.json(now);
    }),
  );
  return sent;
}

it('tags by the key, one after the other', async () => {
  const sent = desk();
  const { user } = openApp('/tickets/42', 'it_staff');
  await screen.findByRole('heading', { name: 'Printer on fire' });
  await user.keyboard('t');
  const field = await screen.findByPlaceholderText(/Tags of ticket #42/);
  await user.type(field, 'off');
  await screen.findByRole('option', { name: 'office' });
  await user.keyboard('{Enter}');
  await waitFor(() => expect(sent).toEqual([{ tags: ['vpn', 'office'] }]));
  // It stays: a new tag, then one comes off.
  await user.type(field, 'brand new');
  await user.click(await screen.findByRole('option', { name: /New tag/ }));
  await waitFor(() => expect(sent.at(-1)).toEqual({ tags: ['vpn', 'office', 'brand new'] }));
  await user.click(await screen.findByRole('option', { name: /vpn/ }));
  await waitFor(() => expect(sent.at(-1)).toEqual({ tags: ['office', 'brand new'] }));
  await user.keyboard('{Escape}');
  expect(screen.queryByRole('dialog')).toBeNull();
});

it('offers the finer statuses with the others, and takes them back', async () => {
  const sent = desk();
  const { user } = openApp('/tickets/42', 'it_staff');
  await screen.findByRole('heading', { name: 'Printer on fire' });
  await user.keyboard('s');
  await user.click(await screen.findByRole('option', { name: /Waiting for parts/ }));
  await waitFor(() =>
    expect(sent).toEqual([{ status: 'in_progress', substatus: 'waiting_for_parts' }]),
  );
  await screen.findByText('#42: Status is Waiting for parts now');
  await user.keyboard('u');
  await waitFor(() => expect(sent.at(-1)).toEqual({ status: 'open', substatus: null }));
});

it('sets category and fields from lists of what is in use', async () => {
  const sent = desk();
  const { user } = openApp('/tickets/42', 'it_staff');
  await screen.findByRole('heading', { name: 'Printer on fire' });
  await user.keyboard('{Shift>}Y{/Shift}');
  await user.click(await screen.findByRole('option', { name: 'Hardware/Printer' }));
  await waitFor(() => expect(sent).toEqual([{ category: 2 }]));
  await user.keyboard('{Shift>}F{/Shift}');
  await user.click(await screen.findByRole('option', { name: 'Colour' }));
  await screen.findByRole('option', { name: 'Red' });
  expect(screen.queryByRole('option', { name: 'Beige' })).toBeNull();
  await user.click(screen.getByRole('option', { name: 'Blue' }));
  await waitFor(() => expect(sent.at(-1)).toEqual({ fields: { colour: 'Blue' } }));
});
