import { screen, waitFor, within } from '@testing-library/react';
import { HttpResponse } from 'msw';
import { describe, expect, it } from 'vitest';
import type { TicketDetail } from '@/lib/api';
import { aComment, aList, anEvent, aTicketDetail, aUser } from '@/testing/fixtures';
import { openApp } from '@/testing/render';
import { on, problem, server } from '@/testing/server';

const nothing = {
  update: false,
  update_status: false,
  assign: false,
  comment: false,
  delete: false,
  close: false,
  reopen: false,
};

function serve(ticket: TicketDetail) {
  server.use(on.get('/tickets/:id', () => HttpResponse.json(ticket)));
}

describe('what one may do', () => {
  it('is what the server says, not what the role suggests', async () => {
    serve(aTicketDetail({ can: nothing }));
    openApp('/tickets/42', 'admin');
    await screen.findByRole('heading', { name: 'Printer on fire' });
    expect(screen.queryByRole('button', { name: 'Edit ticket' })).toBeNull();
    expect(screen.queryByRole('button', { name: 'Delete ticket' })).toBeNull();
    expect(screen.queryByLabelText('Comment')).toBeNull();
    expect(screen.queryByRole('button', { name: /^Status/ })).toBeNull();
  });

  it('tells a requester what happens now', async () => {
    serve(
      aTicketDetail({
        can: { ...nothing, comment: true },
        status: 'in_progress',
        assigned_to: aUser('it_staff'),
      }),
    );
    openApp('/tickets/42', 'employee');
    expect(await screen.findByText('stan is working on it.')).toBeVisible();
  });
});

describe('the conversation', () => {
  it('shows text as text', async () => {
    const content = '<img src=x onerror=alert(1)>\n**bold**';
    serve(aTicketDetail({ comments: [aComment({ content })] }));
    openApp('/tickets/42', 'it_staff');
    const shown = await screen.findByText(/onerror/);
    expect(shown.textContent).toBe(content);
    expect(document.querySelector('img[src="x"]')).toBeNull();
  });

  it('tells each change once', async () => {
    const created_at = '2026-11-01T10:00:00Z';
    serve(
      aTicketDetail({
        comments: [
          aComment({
            content: 'Status changed from Open to Resolved',
            is_system_message: true,
            created_at,
          }),
        ],
      }),
    );
    server.use(
      on.get('/tickets/:id/events', () =>
        HttpResponse.json(
          aList([
            anEvent({
              type: 'ticket.status_changed',
              actor: aUser('it_staff'),
              data: { from: 'open', to: 'resolved' },
              created_at,
            }),
          ]),
        ),
      ),
    );
    openApp('/tickets/42', 'it_staff');
    expect(await screen.findByText('stan changed the status from Open to Resolved')).toBeVisible();
    expect(screen.queryByText(/Status changed from/)).toBeNull();
  });

  it('keeps what could not be sent, and sends it with the same key', async () => {
    serve(aTicketDetail());
    const keys: (string | null)[] = [];
    server.use(
      on.post('/tickets/:id/add_comment', ({ request }) => {
        keys.push(request.headers.get('Idempotency-Key'));
        return keys.length === 1
          ? HttpResponse.error()
          : HttpResponse.json(aComment({ content: 'Hello' }), { status: 201 });
      }),
    );
    const { user } = openApp('/tickets/42', 'employee');
    const box = await screen.findByLabelText('Comment');
    await user.type(box, 'Hello');
    await user.click(screen.getByRole('button', { name: 'Send comment' }));
    expect(await screen.findByText(/cannot be reached/)).toBeVisible();
    expect(box).toHaveValue('Hello');
    await user.click(screen.getByRole('button', { name: 'Send comment' }));
    await waitFor(() => expect(box).toHaveValue(''));
    expect(keys[1]).toBe(keys[0]);
  });
});

describe('properties', () => {
  it('change at once and go back when the server refuses', async () => {
    serve(aTicketDetail());
    let refuse: (() => void) | undefined;
    server.use(
      on.post('/tickets/:id/update_status', async () => {
        await new Promise<void>((done) => {
          refuse = done;
        });
        return problem(409, { detail: 'Not possible now.' });
      }),
    );
    const { user } = openApp('/tickets/42', 'it_staff');
    await user.click(await screen.findByRole('button', { name: 'Status Open' }));
    await user.keyboard('resol{Enter}');
    expect(await screen.findByRole('button', { name: 'Status Resolved' })).toBeVisible();
    await waitFor(() => expect(refuse).toBeDefined());
    refuse?.();
    expect(await screen.findByText('Not possible now.')).toBeVisible();
    expect(await screen.findByRole('button', { name: 'Status Open' })).toBeVisible();
    expect(screen.queryByRole('button', { name: 'Undo' })).toBeNull();
  });

  it('send the version with a change of priority', async () => {
    serve(aTicketDetail({ version: 7 }));
    let condition: string | null = null;
    server.use(
      on.patch('/tickets/:id', ({ request }) => {
        condition = request.headers.get('If-Match');
        return HttpResponse.json(aTicketDetail({ version: 8, priority: 'low' }));
      }),
    );
    const { user } = openApp('/tickets/42', 'it_staff');
    await user.click(await screen.findByRole('button', { name: 'Priority High' }));
    await user.click(await screen.findByRole('option', { name: 'Low' }));
    await waitFor(() => expect(condition).toBe('"v7."'));
  });

  it('assign to oneself with one button', async () => {
    let now = aTicketDetail({ version: 3 });
    let sent: unknown;
    server.use(
      on.get('/tickets/:id', () => HttpResponse.json(now)),
      on.post('/tickets/:id/assign', async ({ request }) => {
        sent = { body: await request.json(), condition: request.headers.get('If-Match') };
        now = aTicketDetail({ version: 4, assigned_to: aUser('it_staff') });
        return HttpResponse.json(now);
      }),
    );
    const { user } = openApp('/tickets/42', 'it_staff');
    await user.click(await screen.findByRole('button', { name: 'Assign to me' }));
    await waitFor(() => expect(sent).toEqual({ body: { user_id: 2 }, condition: '"v3."' }));
    await waitFor(() => expect(screen.queryByRole('button', { name: 'Assign to me' })).toBeNull());
  });
});

it('stays readable when it was handed to somebody else', async () => {
  let gone = false;
  server.use(
    on.get('/tickets/:id', () => (gone ? problem(404) : HttpResponse.json(aTicketDetail()))),
    on.post('/tickets/:id/assign', () => {
      gone = true;
      return HttpResponse.json(aTicketDetail({ version: 2, can: nothing }));
    }),
  );
  const { user } = openApp('/tickets/42', 'it_staff');
  await user.click(await screen.findByRole('button', { name: 'Assign to me' }));
  expect(await screen.findByText(/You cannot see this ticket any more/)).toBeVisible();
  expect(screen.getByRole('heading', { name: 'Printer on fire' })).toBeVisible();
  expect(screen.queryByRole('button', { name: 'Send comment' })).toBeNull();
});

describe('editing', () => {
  it('shows both versions when somebody else was faster', async () => {
    let now = aTicketDetail({ version: 1 });
    const conditions: (string | null)[] = [];
    server.use(
      on.get('/tickets/:id', () => HttpResponse.json(now)),
      on.patch('/tickets/:id', async ({ request }) => {
        conditions.push(request.headers.get('If-Match'));
        if (conditions.length === 1) {
          now = aTicketDetail({ version: 2, title: 'Printer soaked' });
          return problem(412);
        }
        const body = (await request.json()) as { title: string };
        now = aTicketDetail({ version: 3, title: body.title });
        return HttpResponse.json(now);
      }),
    );
    const { user } = openApp('/tickets/42', 'employee');
    await user.click(await screen.findByRole('button', { name: 'Edit ticket' }));
    const title = screen.getByLabelText(/^Title/);
    await user.clear(title);
    await user.type(title, 'Printer burnt down');
    await user.click(screen.getByRole('button', { name: 'Save ticket' }));
    const theirs = await screen.findByRole('region', { name: 'The version on the server' });
    expect(within(theirs).getByText('Printer soaked')).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'Save my version' }));
    expect(await screen.findByRole('heading', { name: 'Printer burnt down' })).toBeVisible();
    expect(conditions).toEqual(['"v1."', '"v2."']);
  });
});

describe('deleting', () => {
  it('needs the number, and leads back to the list', async () => {
    serve(aTicketDetail({ version: 5 }));
    let condition: string | null = null;
    server.use(
      on.delete('/tickets/:id', ({ request }) => {
        condition = request.headers.get('If-Match');
        return new HttpResponse(null, { status: 204 });
      }),
    );
    const { user } = openApp('/tickets/42', 'admin');
    await user.click(await screen.findByRole('button', { name: 'Delete ticket' }));
    const dialog = await screen.findByRole('dialog');
    const confirm = within(dialog).getByRole('button', { name: 'Delete ticket' });
    expect(confirm).toBeDisabled();
    await user.type(within(dialog).getByLabelText('Type 42 to confirm'), '42');
    await user.click(confirm);
    expect(await screen.findByRole('heading', { name: 'All tickets' })).toBeVisible();
    expect(condition).toBe('"v5."');
  });
});

it('says when a ticket cannot be seen', async () => {
  server.use(on.get('/tickets/:id', () => problem(404)));
  openApp('/tickets/42', 'employee');
  expect(await screen.findByText('Not found')).toBeVisible();
});
