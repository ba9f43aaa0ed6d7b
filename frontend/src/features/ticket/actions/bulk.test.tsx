import { screen, waitFor, within } from '@testing-library/react';
import { HttpResponse } from 'msw';
import { afterEach, describe, expect, it } from 'vitest';
import type { BulkRun } from '@/lib/api';
import { provideContext } from '@/lib/commands';
import { aList, aTicket } from '@/testing/fixtures';
import { openApp } from '@/testing/render';
import { on, problem, server } from '@/testing/server';

const aRun = (over: Partial<BulkRun> = {}): BulkRun => ({
  id: 5,
  action: {
    type: 'update_status',
    status: 'resolved',
    priority: null,
    user_id: null,
    params: {},
    text: '',
  },
  state: 'done',
  total: 3,
  done: 3,
  failed: 0,
  skipped: 0,
  undo_of: null,
  undone_by: null,
  version: 1,
  created_at: '2026-11-01T08:00:00Z',
  finished_at: null,
  can: { cancel: false, undo: true },
  ...over,
});
const running = { state: 'running', done: 0, can: { cancel: true, undo: false } } as const;

/** Three tickets in the list, all of them selected. */
async function select() {
  const tickets = [1, 2, 3].map((id) => aTicket({ id, title: `Ticket ${id}` }));
  server.use(on.get('/tickets', () => HttpResponse.json(aList(tickets))));
  const app = openApp('/tickets', 'admin');
  await screen.findByText('Ticket 1');
  let ids: number[] = [1, 2, 3];
  const { remove } = provideContext('list', {
    next: () => {},
    previous: () => {},
    focused: () => true,
    current: () => null,
    selection: () => (ids.length > 0 ? { ids } : null),
    clearSelection: () => {
      ids = [];
    },
  });
  cleanUp = remove;
  return { ...app, selected: () => ids };
}
let cleanUp = () => {};
afterEach(() => cleanUp());

describe('many tickets', () => {
  it('change by the key that changes one, and come back', async () => {
    const sent: unknown[] = [];
    let looks = 0;
    server.use(
      on.post('/bulk', async ({ request }) => {
        sent.push(await request.json());
        return HttpResponse.json(aRun(running), { status: 202 });
      }),
      on.get('/bulk/:id', ({ params }) => {
        looks += 1;
        if (params.id === '6') return HttpResponse.json(aRun({ id: 6, undo_of: 5 }));
        return HttpResponse.json(looks === 1 ? aRun({ ...running, done: 1 }) : aRun());
      }),
      on.post('/bulk/5/undo', () =>
        HttpResponse.json(aRun({ ...running, id: 6, undo_of: 5 }), { status: 202 }),
      ),
    );
    const { user, selected } = await select();
    await user.keyboard('s');
    expect(await screen.findByRole('dialog', { name: 'Status of 3 tickets…' })).toBeVisible();
    await user.keyboard('resolved{Enter}');
    expect(await screen.findByText('Changing tickets: 0 of 3')).toBeVisible();
    expect(selected()).toEqual([]);
    expect(await screen.findByText('Changing tickets: 1 of 3')).toBeVisible();
    expect(await screen.findByText('3 tickets changed')).toBeVisible();
    expect(sent).toEqual([
      { action: { type: 'update_status', status: 'resolved' }, ids: [1, 2, 3] },
    ]);
    await user.keyboard('u');
    expect(await screen.findByText('3 tickets are as before')).toBeVisible();
    await waitFor(() => expect(screen.queryByRole('button', { name: /^Undo/ })).toBeNull());
  });

  it('tell which were left, and why', async () => {
    const end = aRun({ done: 1, failed: 1, skipped: 1 });
    server.use(
      on.post('/bulk', () => HttpResponse.json(end, { status: 202 })),
      on.get('/bulk/:id/items', ({ request }) => {
        const state = new URL(request.url).searchParams.get('state');
        if (state === 'failed') {
          const message = 'There is no such ticket, or you may not see it.';
          return HttpResponse.json(aList([{ ticket_id: 2, state, message }]));
        }
        if (state === 'skipped') {
          const message = 'It already was so.';
          return HttpResponse.json(aList([{ ticket_id: 3, state, message }]));
        }
        return HttpResponse.json(aList([]));
      }),
    );
    const { user } = await select();
    await user.keyboard('i');
    expect(await screen.findAllByText('1 ticket changed, 2 left as they were')).not.toEqual([]);
    await user.click(screen.getByRole('button', { name: 'Show why' }));
    const dialog = await screen.findByRole('dialog');
    expect(await within(dialog).findByText(/you may not see it/)).toBeVisible();
    expect(await within(dialog).findByText('It already was so.')).toBeVisible();
    expect(within(dialog).getByRole('link', { name: '#2' })).toHaveAttribute('href', '/tickets/2');
  });

  it('stay as they are when the server refuses', async () => {
    server.use(on.post('/bulk', () => problem(409, { detail: 'Not today.' })));
    const { user } = await select();
    await user.keyboard('{Shift>}d{/Shift}');
    expect(await screen.findByText('Not today.')).toBeVisible();
    expect(await screen.findByText('Ticket 1')).toBeVisible();
  });
});
