import { screen, waitFor } from '@testing-library/react';
import { HttpResponse } from 'msw';
import { expect, it } from 'vitest';
import type { Rule } from '@/lib/api';
import { aList, aUser } from '@/testing/fixtures';
import { openApp } from '@/testing/render';
import { on, problem, server } from '@/testing/server';

const rule = {
  ...{ id: 1, position: 1, name: 'Escalate', enabled: true, condition: '', problem: '' },
  ...{ triggers: ['created'], every_minutes: null, actions: [], stop: false, version: 1 },
} as unknown as Rule;

function openRules() {
  server.use(
    on.get('/rules', () => HttpResponse.json({ results: [rule] })),
    on.get('/routing/availability', () => problem(404)),
    on.get('/actions', () => HttpResponse.json({ actions: [] })),
  );
  return openApp('/rules', 'admin');
}

it('goes to what is wrong when a save is refused', async () => {
  server.use(
    on.patch('/rules/1', () => problem(400, { errors: { condition: ['No such field.'] } })),
  );
  const { user } = openRules();
  await user.click(await screen.findByRole('button', { name: 'Change Escalate' }));
  await user.click(await screen.findByRole('button', { name: 'Save rule' }));
  await waitFor(() => expect(screen.getByRole('textbox', { name: 'Condition' })).toHaveFocus());
});

it('saves over what somebody else made of it, once one was told', async () => {
  const sent: (string | null)[] = [];
  server.use(
    on.get('/rules/1', () => HttpResponse.json({ ...rule, name: 'Of another', version: 2 })),
    on.patch('/rules/1', ({ request }) => {
      sent.push(request.headers.get('If-Match'));
      return sent.length === 1 ? problem(412) : HttpResponse.json({ ...rule, version: 3 });
    }),
  );
  const { user } = openRules();
  await user.click(await screen.findByRole('button', { name: 'Change Escalate' }));
  await user.click(await screen.findByRole('button', { name: 'Save rule' }));
  const alert = await screen.findByText(/Saving again puts what you have here/);
  await waitFor(() => expect(alert.closest('[role="alert"]')).toHaveFocus());
  await user.click(screen.getByRole('button', { name: 'Save rule' }));
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  expect(sent).toEqual(['"v1."', '"v2."']);
});

it('restores an older version, and takes that back', async () => {
  const restored: unknown[] = [];
  const actor = aUser('admin');
  const version = (number: number) => ({
    ...{ version: number, created_at: '2026-11-01T08:00:00Z', actor, condition: '', actions: [] },
  });
  server.use(
    on.get('/rules/1/runs', () => HttpResponse.json(aList([]))),
    on.get('/rules/1/versions', () => HttpResponse.json({ results: [version(2), version(1)] })),
    on.post('/rules/1/restore', async ({ request }) => {
      restored.push(await request.json());
      return HttpResponse.json(rule);
    }),
  );
  rule.version = 2;
  const { user } = openRules();
  await user.click(await screen.findByRole('button', { name: 'Log and versions of Escalate' }));
  await user.click(await screen.findByRole('button', { name: 'Restore version 1' }));
  expect(await screen.findByText('Version 1 of “Escalate” is restored')).toBeVisible();
  expect(screen.queryByRole('dialog')).toBeNull();
  await user.click(screen.getByRole('button', { name: /^Undo/ }));
  await waitFor(() => expect(restored).toEqual([{ version: 1 }, { version: 2 }]));
  rule.version = 1;
});

const aLine = (ticket_id: number, state: string) => ({
  ...{ ticket_id, state, title: 'Printer', at: null, cause: 'created', reason: 'Priority' },
});

it('goes to what a trial found, and does not say that something is saved', async () => {
  const fields = [
    { name: 'status', kind: 'choice', example: 'status:open,in_progress', values: [] },
    { name: 'cf.site', kind: 'text', example: '', values: [] },
  ];
  server.use(
    on.get('/rules', () => HttpResponse.json(aList([]))),
    on.get('/fields', () => HttpResponse.json({ fields: [{ id: 1, name: 'Site', slug: 'site' }] })),
    on.get('/tickets/query_fields', () => HttpResponse.json({ fields })),
    on.post('/rules/try', () =>
      HttpResponse.json({
        ...{ fits: 3, looked: 9, more: false },
        lines: [aLine(1, 'applied'), aLine(2, 'unchanged'), aLine(3, 'applied')],
      }),
    ),
  );
  const { user } = openApp('/rules', 'admin');
  await user.click(await screen.findByRole('button', { name: 'New rule' }));
  await user.click(await screen.findByRole('button', { name: 'Add a condition' }));
  expect(await screen.findByRole('option', { name: 'Site' })).toHaveValue('cf.site');
  // The field and how it is compared stand beside it already.
  expect(screen.getByPlaceholderText('open,in_progress')).toBeVisible();
  await user.click(screen.getByRole('button', { name: 'Try it' }));
  const found = await screen.findByRole('region', { name: 'What it would have done' });
  await waitFor(() => expect(found).toHaveFocus());
  expect(found).toHaveTextContent('Of the 3 tickets below, it would have changed 2.');
  expect(screen.queryByText('Saved')).toBeNull();
});
