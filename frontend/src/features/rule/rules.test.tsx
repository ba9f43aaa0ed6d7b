import { screen, waitFor } from '@testing-library/react';
import { HttpResponse } from 'msw';
import { expect, it } from 'vitest';
import type { Rule } from '@/lib/api';
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
