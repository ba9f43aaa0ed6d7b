import { screen, waitFor, within } from '@testing-library/react';
import { HttpResponse } from 'msw';
import { describe, expect, it } from 'vitest';
import type { TicketDetail } from '@/lib/api';
import { aComment, aList, aMessage, anEvent, aTicketDetail, aUser } from '@/testing/fixtures';
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
  watch: false,
  cc: false,
  confidential: false,
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
  // That nothing of it acts is shown by the journeys: this DOM is none that can be sanitised.
  it('shows what is formatted', async () => {
    const content_html = '<p><strong>bold</strong></p>';
    serve(aTicketDetail({ comments: [aComment({ content_html })] }));
    openApp('/tickets/42', 'it_staff');
    expect((await screen.findByText('bold')).tagName).toBe('STRONG');
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
      on.post('/tickets/:id/messages', ({ request }) => {
        keys.push(request.headers.get('Idempotency-Key'));
        return keys.length === 1
          ? HttpResponse.error()
          : HttpResponse.json(aMessage({ content: 'Hello' }), { status: 201 });
      }),
    );
    const { user } = openApp('/tickets/42', 'it_staff');
    const box = await screen.findByLabelText('Reply');
    await user.type(box, 'Hello');
    await user.click(screen.getByRole('button', { name: 'Send reply' }));
    expect(await screen.findByText(/cannot be reached/)).toBeVisible();
    expect(box).toHaveValue('Hello');
    await user.click(screen.getByRole('button', { name: 'Send reply' }));
    await waitFor(() => expect(box).toHaveValue(''));
    expect(keys[1]).toBe(keys[0]);
  });

  it('takes back what was sent, into the box it came from', async () => {
    serve(aTicketDetail());
    const unsent: unknown[] = [];
    server.use(
      on.post('/tickets/:id/messages', () =>
        HttpResponse.json(
          aMessage({ content: 'Oops', content_html: '<p><strong>Oops</strong></p>' }),
          { status: 201 },
        ),
      ),
      on.delete('/messages/:id', ({ params }) => {
        unsent.push(params.id);
        return new HttpResponse(null, { status: 204 });
      }),
    );
    const { user } = openApp('/tickets/42', 'it_staff');
    const box = await screen.findByLabelText('Reply');
    await user.type(box, 'Oops');
    await user.click(screen.getByRole('button', { name: 'Send reply' }));
    // As the comment that it becomes.
    expect((await screen.findByText('Oops', { selector: 'strong' })).textContent).toBe('Oops');
    await user.click(screen.getByRole('button', { name: 'Take back' }));
    await waitFor(() => expect(box).toHaveValue('Oops'));
    expect(unsent).toEqual(['9']);
    expect(screen.queryByText('About to be sent')).toBeNull();
  });

  it('never turns a note into a reply', async () => {
    serve(aTicketDetail());
    const sent: unknown[] = [];
    server.use(
      on.post('/tickets/:id/messages', async ({ request }) => {
        sent.push(await request.json());
        return HttpResponse.json(aMessage({ kind: 'note', content: 'secret' }), { status: 201 });
      }),
    );
    const { user } = openApp('/tickets/42', 'it_staff');
    await user.click(await screen.findByRole('tab', { name: 'Internal note' }));
    const note = screen.getByLabelText('Internal note');
    await user.type(note, 'secret');
    await user.click(screen.getByRole('tab', { name: 'Reply to requester' }));
    expect(screen.getByLabelText('Reply')).toHaveValue('');
    expect(screen.getByRole('button', { name: 'Send reply' })).toBeDisabled();
    await user.click(screen.getByRole('tab', { name: 'Internal note' }));
    await user.click(screen.getByRole('button', { name: 'Add internal note' }));
    await waitFor(() => expect(sent).toHaveLength(1));
    expect(sent[0]).toMatchObject({ kind: 'note', content: 'secret' });
  });

  it('asks before it answers over an answer', async () => {
    serve(aTicketDetail({ comments: [aComment({ id: 5 })] }));
    const sent: Record<string, unknown>[] = [];
    server.use(
      on.post('/tickets/:id/messages', async ({ request }) => {
        sent.push((await request.json()) as Record<string, unknown>);
        return sent.length === 1
          ? problem(409, { code: 'ticket.answered' })
          : HttpResponse.json(aMessage(), { status: 201 });
      }),
    );
    const { user } = openApp('/tickets/42', 'it_staff');
    await user.type(await screen.findByLabelText('Reply'), 'Mine');
    await user.click(screen.getByRole('button', { name: 'Send reply' }));
    expect(await screen.findByText('Somebody answered meanwhile')).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'Send anyway' }));
    await waitFor(() => expect(sent).toHaveLength(2));
    expect(sent[0]?.last_comment_id).toBe(5);
    expect(sent[1]?.last_comment_id).toBeUndefined();
  });

  it('gives a draft back', async () => {
    serve(aTicketDetail());
    const draft = { kind: 'note', ticket_id: 42, title: '', content: 'half a th', version: 2 };
    server.use(
      on.get('/drafts', () =>
        HttpResponse.json(aList([{ ...draft, updated_at: '2026-11-01T09:00:00Z' }])),
      ),
    );
    const { user } = openApp('/tickets/42', 'it_staff');
    await user.click(await screen.findByRole('tab', { name: 'Internal note' }));
    await waitFor(() => expect(screen.getByLabelText('Internal note')).toHaveValue('half a th'));
    expect(screen.getByLabelText('Reply')).toHaveValue('');
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
    await user.click(screen.getByRole('button', { name: 'Save what is chosen' }));
    expect(await screen.findByRole('heading', { name: 'Printer burnt down' })).toBeVisible();
    expect(conditions).toEqual(['"v1."', '"v2."']);
  });

  it('merges what different people changed in different fields', async () => {
    let now = aTicketDetail({ version: 1 });
    const sent: unknown[] = [];
    server.use(
      on.get('/tickets/:id', () => HttpResponse.json(now)),
      on.patch('/tickets/:id', async ({ request }) => {
        const body = (await request.json()) as Partial<TicketDetail>;
        sent.push([request.headers.get('If-Match'), body]);
        if (sent.length === 1) {
          now = { ...now, version: 2, description: 'It is soaked.' };
          return problem(412);
        }
        now = { ...now, ...body, version: 3 };
        return HttpResponse.json(now);
      }),
    );
    const { user } = openApp('/tickets/42', 'employee');
    await user.click(await screen.findByRole('button', { name: 'Edit ticket' }));
    const title = screen.getByLabelText(/^Title/);
    await user.clear(title);
    await user.type(title, 'Printer burnt down');
    await user.click(screen.getByRole('button', { name: 'Save ticket' }));
    expect(await screen.findByRole('heading', { name: 'Printer burnt down' })).toBeVisible();
    expect(sent).toEqual([
      ['"v1."', { title: 'Printer burnt down' }],
      ['"v2."', { title: 'Printer burnt down' }],
    ]);
    expect(now.description).toBe('It is soaked.');
  });
});

describe('an edit that was left', () => {
  const kept = {
    kind: 'edit',
    ticket_id: 42,
    title: 'Printer burnt',
    content: 'All of it',
    version: 1,
  };
  const serveDraft = (updated_at: string) =>
    server.use(on.get('/drafts', () => HttpResponse.json(aList([{ ...kept, updated_at }]))));

  it('is kept, and there again', async () => {
    serve(aTicketDetail());
    const puts: unknown[] = [];
    server.use(
      on.put('/tickets/:id/drafts/:kind', async ({ request, params }) => {
        puts.push({ kind: params.kind, ...((await request.json()) as object) });
        return HttpResponse.json({ ...kept, updated_at: '2026-11-02T09:00:00Z' });
      }),
    );
    const { user } = openApp('/tickets/42', 'employee');
    await user.click(await screen.findByRole('button', { name: 'Edit ticket' }));
    await user.type(screen.getByLabelText(/^Title/), '!');
    const { description } = aTicketDetail();
    await waitFor(() =>
      expect(puts).toEqual([{ kind: 'edit', title: 'Printer on fire!', content: description }]),
    );
    expect(await screen.findByText('Draft saved')).toBeVisible();
  });

  it('goes on where it was left', async () => {
    serve(aTicketDetail());
    serveDraft('2099-01-01T00:00:00Z');
    const dropped: unknown[] = [];
    server.use(
      on.delete('/tickets/:id/drafts/:kind', ({ params }) => {
        dropped.push(params.kind);
        return new HttpResponse(null, { status: 204 });
      }),
    );
    const { user } = openApp('/tickets/42', 'employee');
    await user.click(await screen.findByRole('button', { name: 'Unsaved edit' }));
    await waitFor(() => expect(screen.getByLabelText(/^Title/)).toHaveValue('Printer burnt'));
    expect(screen.queryByRole('region', { name: 'Your version' })).toBeNull();
    await user.click(screen.getByRole('button', { name: 'Cancel' }));
    await waitFor(() => expect(dropped).toEqual(['edit']));
    expect(screen.queryByRole('button', { name: 'Unsaved edit' })).toBeNull();
  });

  it('is not laid over what changed since', async () => {
    serve(aTicketDetail());
    serveDraft('2020-01-01T00:00:00Z');
    const { user } = openApp('/tickets/42', 'employee');
    await user.click(await screen.findByRole('button', { name: 'Unsaved edit' }));
    const [title] = await screen.findAllByRole('region', { name: 'Your version' });
    expect(within(title as HTMLElement).getByText('Printer burnt')).toBeVisible();
  });
});

describe('deleting', () => {
  it('leads back to the list, and can be undone', async () => {
    serve(aTicketDetail({ version: 5 }));
    const calls: string[] = [];
    server.use(
      on.get('/tickets', () =>
        HttpResponse.json(aList(calls.length === 1 ? [] : [aTicketDetail({ version: 5 })])),
      ),
      on.delete('/tickets/:id', ({ request }) => {
        calls.push(`delete ${request.headers.get('If-Match')}`);
        return new HttpResponse(null, { status: 204 });
      }),
      on.post('/tickets/:id/restore', () => {
        calls.push('restore');
        return HttpResponse.json(aTicketDetail({ version: 6 }));
      }),
    );
    const { user } = openApp('/tickets/42', 'admin');
    await user.click(await screen.findByRole('button', { name: 'Delete ticket' }));
    expect(await screen.findByRole('heading', { name: 'All tickets' })).toBeVisible();
    expect(await screen.findByText('No tickets yet')).toBeVisible();
    await user.click(screen.getByRole('button', { name: /^Undo/ }));
    expect(await screen.findByText('Printer on fire')).toBeVisible();
    expect(calls).toEqual(['delete "v5."', 'restore']);
  });
});

it('says when a ticket cannot be seen', async () => {
  server.use(on.get('/tickets/:id', () => problem(404)));
  openApp('/tickets/42', 'employee');
  expect(await screen.findByText('Not found')).toBeVisible();
});
