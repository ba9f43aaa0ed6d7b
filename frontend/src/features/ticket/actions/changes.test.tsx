import { screen, waitFor } from '@testing-library/react';
import { HttpResponse } from 'msw';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TicketDetail } from '@/lib/api';
import { clearUndo } from '@/lib/undo';
import { aList, aTicketDetail, aUser } from '@/testing/fixtures';
import { openApp } from '@/testing/render';
import { on, problem, server } from '@/testing/server';

/** A server with one ticket that keeps versions and conditions, and what was asked of it. */
function desk() {
  let now = aTicketDetail({ version: 1 });
  const calls: string[] = [];
  const write = async (request: Request, change: (body: never) => Partial<TicketDetail>) => {
    const body = (await request.json()) as never;
    const condition = request.headers.get('If-Match');
    const path = new URL(request.url).pathname.split('/').at(-1);
    calls.push(`${path} ${JSON.stringify(body)} ${condition ?? ''}`.trim());
    if (condition && condition !== `"v${now.version}."`) return problem(412);
    now = { ...now, ...change(body), version: now.version + 1 };
    return HttpResponse.json(now);
  };
  server.use(
    on.get('/tickets', () => HttpResponse.json(aList([now]))),
    on.get('/tickets/:id', () => HttpResponse.json(now)),
    on.get('/assignees', () =>
      HttpResponse.json(aList([aUser('admin'), aUser('it_staff', { id: 9, username: 'zoe' })])),
    ),
    on.post('/tickets/:id/update_status', ({ request }) =>
      write(request, ({ status }: { status: TicketDetail['status'] }) => ({ status })),
    ),
    on.post('/tickets/:id/assign', ({ request }) =>
      write(request, ({ user_id }: { user_id: number | null }) => ({
        assigned_to: user_id ? aUser('it_staff', { id: user_id }) : null,
      })),
    ),
    on.patch('/tickets/:id', ({ request }) =>
      write(request, (body: Partial<TicketDetail>) => body),
    ),
  );
  return {
    calls,
    now: () => now,
    /** Somebody else changes the ticket. */
    meddle: (what: Partial<TicketDetail> = { title: 'Printer soaked' }) => {
      now = { ...now, ...what, version: now.version + 1 };
    },
  };
}

beforeEach(clearUndo);
afterEach(clearUndo);

describe('with the keyboard', () => {
  it('works on the open ticket', async () => {
    const { calls, now } = desk();
    const { user } = openApp('/tickets/42', 'it_staff');
    await screen.findByRole('heading', { name: 'Printer on fire' });
    await user.keyboard('i');
    await user.keyboard('p');
    await user.keyboard('urg{Enter}');
    await user.keyboard('s');
    await user.keyboard('in pro{Enter}');
    await waitFor(() => expect(calls).toHaveLength(3));
    expect(calls).toEqual([
      'assign {"user_id":2} "v1."',
      '42 {"priority":"urgent"} "v2."',
      'update_status {"status":"in_progress"}',
    ]);
    await waitFor(() =>
      expect(now()).toMatchObject({ status: 'in_progress', priority: 'urgent', version: 4 }),
    );
    expect(screen.getByRole('button', { name: 'Status In progress' })).toBeVisible();
  });

  it('works on the ticket under the cursor of the list', async () => {
    const { calls } = desk();
    const { user } = openApp('/tickets', 'it_staff');
    await screen.findByText('Printer on fire');
    await user.keyboard('j');
    await user.keyboard('a');
    await user.keyboard('zo{Enter}');
    await waitFor(() => expect(calls).toEqual(['assign {"user_id":9} "v1."']));
    // The keyboard is where it was.
    expect(document.activeElement).toHaveTextContent('Printer on fire');
  });
});

describe('undo', () => {
  it('takes back several changes of one ticket, the newest first', async () => {
    const { calls, now } = desk();
    const { user } = openApp('/tickets/42', 'it_staff');
    await screen.findByRole('heading', { name: 'Printer on fire' });
    await user.keyboard('i');
    await user.keyboard('{Shift>}r{/Shift}');
    await waitFor(() => expect(calls).toHaveLength(2));
    await user.keyboard('u');
    await waitFor(() => expect(now().status).toBe('open'));
    await user.keyboard('u');
    await waitFor(() => expect(now().assigned_to).toBeNull());
    expect(calls.slice(2)).toEqual([
      'update_status {"status":"open"} "v3."',
      'assign {"user_id":null} "v4."',
    ]);
    await waitFor(() => expect(screen.queryByRole('button', { name: 'Undo' })).toBeNull());
  });

  it('goes on top of what somebody else changed elsewhere in the ticket', async () => {
    const { now, calls, meddle } = desk();
    const { user } = openApp('/tickets/42', 'it_staff');
    await screen.findByRole('heading', { name: 'Printer on fire' });
    meddle();
    await user.keyboard('p');
    await user.keyboard('urg{Enter}');
    await waitFor(() => expect(now()).toMatchObject({ priority: 'urgent', version: 3 }));
    expect(now().title).toBe('Printer soaked');
    expect(calls).toEqual(['42 {"priority":"urgent"} "v1."', '42 {"priority":"urgent"} "v2."']);
  });

  it('leaves what somebody else changed at the same moment', async () => {
    const { now, meddle } = desk();
    const { user } = openApp('/tickets/42', 'it_staff');
    await screen.findByRole('heading', { name: 'Printer on fire' });
    meddle({ priority: 'low' });
    await user.keyboard('p');
    await user.keyboard('urg{Enter}');
    expect(await screen.findByText(/It shows their version now/)).toBeVisible();
    expect(now()).toMatchObject({ priority: 'low', version: 2 });
  });

  it('does not overwrite what somebody else did since', async () => {
    const { now, meddle } = desk();
    const { user } = openApp('/tickets/42', 'it_staff');
    await screen.findByRole('heading', { name: 'Printer on fire' });
    await user.keyboard('{Shift>}r{/Shift}');
    await waitFor(() => expect(now().status).toBe('resolved'));
    meddle();
    await user.keyboard('u');
    expect(await screen.findByText(/Not undone: somebody changed ticket #42/)).toBeVisible();
    expect(now()).toMatchObject({ status: 'resolved', version: 3 });
    expect(await screen.findByRole('button', { name: 'Status Resolved' })).toBeVisible();
  });

  it('is not offered for what one gave away', async () => {
    desk();
    const gone = aTicketDetail({
      version: 2,
      assigned_to: aUser('admin'),
      can: { ...aTicketDetail().can, assign: false },
    });
    server.use(on.post('/tickets/:id/assign', () => HttpResponse.json(gone)));
    const { user } = openApp('/tickets/42', 'it_staff');
    await screen.findByRole('heading', { name: 'Printer on fire' });
    await user.keyboard('a');
    await user.keyboard('ada{Enter}');
    expect(await screen.findByText('#42: Assigned to ada', { selector: 'span' })).toBeVisible();
    await waitFor(() => expect(screen.queryByRole('button', { name: 'Undo' })).toBeNull());
  });
});

it('names the field that a ticket lacks to be resolved, and goes there', async () => {
  desk();
  const field = {
    ...{ id: 1, name: 'Asset number', slug: 'asset_879', kind: 'text', help: '', options: [] },
    ...{ required: 'resolve', everywhere: true, archived: false, can: { set: true } },
  };
  const lacks = { 'fields.asset_879': ['This field is required.'] };
  server.use(
    on.get('/fields', () => HttpResponse.json({ fields: [field] })),
    on.post('/tickets/:id/update_status', () => problem(400, { errors: lacks })),
  );
  const { user } = openApp('/tickets/42', 'it_staff');
  const box = await screen.findByLabelText('Asset number');
  await user.keyboard('{Shift>}r{/Shift}');
  expect(await screen.findByText('Asset number: This field is required.')).toBeVisible();
  expect(box).toHaveFocus();
});

it('paints before anything is awaited', async () => {
  desk();
  server.use(on.post('/tickets/:id/update_status', () => new Promise<never>(() => {})));
  const { user, queryClient } = openApp('/tickets', 'it_staff');
  await screen.findByText('Printer on fire');
  await user.keyboard('j');
  const row = document.activeElement as HTMLElement;
  row.dispatchEvent(new KeyboardEvent('keydown', { key: 'R', shiftKey: true, bubbles: true }));
  const [list] = queryClient.getQueryCache().findAll({
    predicate: ({ queryKey }) => (queryKey[0] as { _id: string })._id === 'listTickets',
  });
  expect(list?.state.data).toMatchObject({ results: [{ status: 'resolved' }] });
});
