import { screen, waitFor, within } from '@testing-library/react';
import { HttpResponse } from 'msw';
import { expect, it } from 'vitest';
import type { Team } from '@/lib/api';
import { aUser } from '@/testing/fixtures';
import { openApp } from '@/testing/render';
import { on, server } from '@/testing/server';

const aTeam = (over: Partial<Team> = {}): Team => ({
  id: 2,
  name: 'Network',
  restricted: false,
  is_active: true,
  mine: true,
  members: [
    {
      user: aUser('it_staff', { id: 7, username: 'nora' }),
      lead: true,
      added_at: '2026-11-01T08:00:00Z',
    },
  ],
  created_at: '2026-11-01T08:00:00Z',
  updated_at: '2026-11-01T08:00:00Z',
  version: 3,
  can: { update: true, manage_members: true, appoint: true },
  ...over,
});

it('lets an administrator appoint a lead and create a team', async () => {
  const sent: unknown[] = [];
  server.use(
    on.get('/teams', () => HttpResponse.json({ results: [aTeam()] })),
    on.put('/teams/:id/members/:user_id', async ({ request }) => {
      sent.push(await request.json());
      return HttpResponse.json(aTeam());
    }),
    on.post('/teams', async ({ request }) => {
      sent.push(await request.json());
      return HttpResponse.json(aTeam(), { status: 201 });
    }),
  );
  const { user } = openApp('/teams', 'admin');
  const members = await screen.findByRole('list', { name: 'Members of Network' });
  await user.click(within(members).getByRole('checkbox', { name: 'Leads the team' }));
  await user.click(screen.getByRole('button', { name: 'New team' }));
  const dialog = await screen.findByRole('dialog');
  await user.click(within(dialog).getByRole('button', { name: 'Create team' }));
  expect(await within(dialog).findByText('Give the team a name.')).toBeVisible();
  await user.type(within(dialog).getByLabelText(/^Name/), 'Field');
  await user.click(within(dialog).getByRole('button', { name: 'Create team' }));
  await waitFor(() =>
    expect(sent).toEqual([{ lead: false }, { name: 'Field', restricted: false, is_active: true }]),
  );
});

it('shows a member the team, and offers nothing that is not theirs', async () => {
  const can = { update: false, manage_members: false, appoint: false };
  server.use(on.get('/teams', () => HttpResponse.json({ results: [aTeam({ can })] })));
  openApp('/teams', 'it_staff');
  await screen.findByRole('list', { name: 'Members of Network' });
  expect(screen.queryByRole('button', { name: /New team|Edit team|Remove/ })).toBeNull();
  expect(screen.queryByLabelText(/Add a member/)).toBeNull();
});

it('says what needs the name of a team', async () => {
  server.use(
    on.get('/teams', () => HttpResponse.json({ results: [aTeam()] })),
    on.patch('/teams/:id', () =>
      HttpResponse.json(
        {
          type: 'about:blank',
          title: 'Conflict',
          status: 409,
          code: 'team.in_use',
          detail: 'This is still used under the name that it has.',
          errors: { rule: ['Night shift'] },
          request_id: 'r1',
        },
        { status: 409 },
      ),
    ),
  );
  const { user } = openApp('/teams', 'admin');
  await user.click(await screen.findByRole('button', { name: 'Edit team Network' }));
  const dialog = await screen.findByRole('dialog');
  await user.type(within(dialog).getByLabelText(/^Name/), ' and field');
  await user.click(within(dialog).getByRole('button', { name: 'Save' }));
  expect(await within(dialog).findByRole('alert')).toHaveTextContent(
    'It is still used by the rule “Night shift”. Change that first.',
  );
});
