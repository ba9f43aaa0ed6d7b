import { screen, waitFor, within } from '@testing-library/react';
import { HttpResponse } from 'msw';
import { expect, it } from 'vitest';
import type { SlaClock, SlaPolicy, SlaReport } from '@/lib/api';
import { aList, aTicket, aTicketDetail } from '@/testing/fixtures';
import { openApp } from '@/testing/render';
import { on, problem, server } from '@/testing/server';
import { merged } from './holiday';
import { publicHolidays } from './holiday-data';
import { withMore } from './week-field';

function aPolicy(over: Partial<SlaPolicy> = {}): SlaPolicy {
  return {
    id: 1,
    position: 1,
    name: 'Urgent',
    enabled: true,
    condition: 'priority:urgent',
    problem: '',
    calendar_id: null,
    targets: { first_response: 3600, next_response: null, resolution: 14_400 },
    pause_while_waiting: true,
    at_risk_percent: 80,
    steps: [],
    version: 1,
    created_at: '2026-11-01T08:00:00Z',
    updated_at: '2026-11-01T08:00:00Z',
    can: { update: true, delete: true },
    ...over,
  };
}

const clock: SlaClock = {
  target: 'resolution',
  state: 'running',
  policy: { id: 1, name: 'Urgent' },
  calendar: { id: 1, name: 'Office' },
  zone: 'Europe/Berlin',
  started_at: '2026-11-02T08:00:00Z',
  stopped_at: null,
  due_at: '2099-11-03T12:00:00Z',
  breached_at: null,
  met_at: null,
  goal_seconds: 14_400,
  elapsed_seconds: 3600,
  paused_because: null,
  paused_in: null,
  stretches: [
    {
      from: '2026-11-02T08:00:00Z',
      to: '2026-11-02T09:00:00Z',
      seconds: 3600,
      counts: true,
      reason: 'working',
      holiday: null,
      substatus: null,
      ahead: false,
    },
    {
      from: '2026-11-02T09:00:00Z',
      to: '2026-11-03T09:00:00Z',
      seconds: 86_400,
      counts: false,
      reason: 'holiday',
      holiday: 'Carnival',
      substatus: null,
      ahead: true,
    },
  ],
  left_out: 0,
};

it('shows how long there is still time, in words', async () => {
  const past = new Date(Date.now() - 65.5 * 60_000).toISOString();
  const soon = new Date(Date.now() + 30.5 * 60_000).toISOString();
  server.use(
    on.get('/tickets', () =>
      HttpResponse.json(
        aList([
          { ...aTicket({ id: 1, due_at: past, sla_state: 'breached' }), unread: false },
          { ...aTicket({ id: 2, due_at: soon, sla_state: 'at_risk' }), unread: false },
          { ...aTicket({ id: 3, sla_state: 'paused' }), unread: false },
        ]),
      ),
    ),
  );
  openApp('/tickets', 'it_staff');
  expect(await screen.findByText('Overdue 1 h')).toBeInTheDocument();
  expect(screen.getByText('Soon: 30 min')).toBeInTheDocument();
  expect(screen.getByText('Paused')).toBeInTheDocument();
});

it('tells why a ticket is due when it is', async () => {
  server.use(
    on.get('/tickets/:id', () =>
      HttpResponse.json(aTicketDetail({ due_at: clock.due_at, sla_state: 'ok' })),
    ),
    on.get('/tickets/:id/sla', () =>
      HttpResponse.json({
        ticket_id: 42,
        policy: { id: 1, name: 'Urgent' },
        state: 'ok',
        due_at: clock.due_at,
        clocks: [clock],
      }),
    ),
  );
  const { user } = openApp('/tickets/42', 'admin');
  await user.click(await screen.findByRole('button', { name: 'Why this time?' }));
  const dialog = await screen.findByRole('dialog');
  expect(await within(dialog).findByText(/1 h of 4 h have counted/)).toBeVisible();
  expect(within(dialog).getByText('Holiday: Carnival (to come)')).toBeVisible();
});

it('makes a policy, with a step', async () => {
  let sent: unknown;
  server.use(
    on.get('/sla/policies', () => HttpResponse.json({ policies: [], run: null })),
    on.get('/calendars', () => HttpResponse.json(aList([]))),
    on.post('/sla/policies', async ({ request }) => {
      sent = await request.json();
      return HttpResponse.json(aPolicy(), { status: 201 });
    }),
  );
  const { user, router } = openApp('/sla/new', 'admin');
  await user.type(await screen.findByLabelText(/^Name/), 'Urgent');
  await user.type(screen.getByLabelText(/^Condition/), 'priority:urgent');
  await user.type(screen.getByLabelText('Resolution'), '240');
  await user.click(screen.getByRole('button', { name: 'Add a step' }));
  await user.click(screen.getByRole('button', { name: 'Save policy' }));
  await waitFor(() => expect(router.state.location.pathname).toBe('/sla'));
  expect(sent).toMatchObject({
    name: 'Urgent',
    condition: 'priority:urgent',
    calendar_id: null,
    targets: { first_response: null, next_response: null, resolution: 14_400 },
    steps: [{ target: 'resolution', offset_seconds: -1800, notify_assignee: true }],
  });
});

it('says what is wrong with a time beside it', async () => {
  server.use(
    on.get('/calendars', () => HttpResponse.json(aList([]))),
    on.post('/sla/policies', () =>
      HttpResponse.json(
        {
          code: 'request.invalid',
          detail: 'One or more fields are wrong.',
          errors: { 'targets.first_response': ['Not like this.'] },
        },
        { status: 400 },
      ),
    ),
  );
  const { user } = openApp('/sla/new', 'admin');
  await user.type(await screen.findByLabelText(/^Name/), 'Urgent');
  await user.type(screen.getByLabelText('Resolution'), '999999');
  await user.click(screen.getByRole('button', { name: 'Save policy' }));
  await screen.findByText('Enter 1 to 576,000 minutes, or nothing.');
  await user.clear(screen.getByLabelText('Resolution'));
  await user.type(screen.getByLabelText('First response'), '30');
  await user.click(screen.getByRole('button', { name: 'Save policy' }));
  await screen.findByText('Not like this.');
  expect(screen.getByLabelText('First response')).toBeInvalid();
  expect(screen.queryByRole('alert')).toBeNull();
});

it('says what is wrong with the hours of a day beside them', async () => {
  server.use(
    on.post('/calendars', () =>
      HttpResponse.json(
        {
          code: 'request.invalid',
          detail: 'One or more fields are wrong.',
          errors: { 'hours.monday': ['Ends before it begins.'] },
        },
        { status: 400 },
      ),
    ),
  );
  const { user } = openApp('/calendars/new', 'admin');
  await user.type(await screen.findByLabelText(/^Name(?! of)/), 'Office');
  await user.click(screen.getByRole('button', { name: 'Save calendar' }));
  const monday = await screen.findByRole('group', { name: 'Monday' });
  await within(monday).findByText('Ends before it begins.');
  expect(within(monday).getByLabelText('Monday, span 1: from')).toBeInvalid();
  expect(screen.queryByRole('alert')).toBeNull();
});

it('orders policies by buttons', async () => {
  let sent: unknown;
  const policies = [aPolicy(), aPolicy({ id: 2, name: 'Rest', condition: '' })];
  server.use(
    on.get('/sla/policies', () => HttpResponse.json({ policies, run: null })),
    on.put('/sla/policies/order', async ({ request }) => {
      sent = await request.json();
      return HttpResponse.json({ policies, run: null });
    }),
  );
  const { user } = openApp('/sla', 'admin');
  await user.click(await screen.findByRole('button', { name: 'Move Rest up' }));
  await waitFor(() => expect(sent).toEqual({ ids: [2, 1] }));
});

it('knows the holidays of a place, and adds none twice', () => {
  const berlin = publicHolidays('DE', 'BE', '', 2026);
  expect(berlin.map((h) => h.first)).toContain('2026-03-08');
  expect(publicHolidays('DE', 'BY', '', 2026).map((h) => h.first)).not.toContain('2026-03-08');
  expect(berlin.every((h) => h.last >= h.first && h.name)).toBe(true);
  expect(merged(berlin, berlin)).toHaveLength(berlin.length);
});

it('makes a break of more hours in a day that has none', () => {
  expect(withMore([])).toEqual([{ from: '09:00', to: '17:00' }]);
  expect(withMore([{ from: '08:00', to: '18:00' }])).toEqual([
    { from: '08:00', to: '12:00' },
    { from: '13:00', to: '18:00' },
  ]);
  expect(withMore([{ from: '08:00', to: '12:00' }])).toEqual([
    { from: '08:00', to: '12:00' },
    { from: '13:00', to: '17:00' },
  ]);
  expect(withMore([{ from: '13:00', to: '17:00' }])).toEqual([
    { from: '13:00', to: '17:00' },
    { from: '', to: '' },
  ]);
});

it('takes no day whose hours or end are not what was meant', async () => {
  const { user } = openApp('/calendars/new', 'admin');
  const type = async (label: string, text: string) => {
    const field = await screen.findByLabelText(label);
    await user.clear(field);
    await user.type(field, text);
  };
  const add = async () => user.click(screen.getByRole('button', { name: 'Add day' }));
  await type('First day', '2026-12-24');
  await type('Name of the day', 'Christmas Eve');
  await type('Worked from', '9');
  await add();
  expect(screen.getByText('Such as 09:00')).toBeVisible();
  expect(screen.getByText('Later, such as 12:00')).toBeVisible();
  await type('Worked from', '09:00');
  await type('Worked to', '08:00');
  await type('Last day', '2026-12-23');
  await add();
  expect(screen.getByText('It ends before it begins.')).toBeVisible();
  expect(screen.getByText('No holidays yet.')).toBeVisible();
  await type('Worked to', '12:00');
  await type('Last day', '2026-12-24');
  await add();
  expect(await screen.findByRole('cell', { name: /09:00–12:00/ })).toBeVisible();
  expect(screen.getByLabelText('Worked from')).toHaveValue('');

  await user.click(screen.getByRole('button', { name: /public holidays of a country/ }));
  await user.selectOptions(await screen.findByLabelText('Country'), 'DE');
  await user.clear(screen.getByLabelText('First of three years'));
  expect(screen.getByRole('button', { name: 'Add holidays' })).toBeDisabled();
});

it('says which end of a report is wrong instead of showing none', async () => {
  openApp('/sla/report?from=2026-12-01&to=2026-11-01', 'admin');
  expect(await screen.findByText('It ends before it begins.')).toBeVisible();
  expect(screen.queryByText('This did not load')).toBeNull();
});

it('names the parts of a report by what they are parts of, also while others are on their way', async () => {
  const share = { met: 3, breached: 1, percent: 75, average_seconds: null };
  const report = (by: SlaReport['by'], key: string, label: string): SlaReport => ({
    by,
    from: '2026-10-01T00:00:00Z',
    to: '2026-11-01T00:00:00Z',
    rows: [{ ...share, key, label }],
    total: { ...share, key: '', label: '' },
  });
  let answer = () => {};
  const asked = new Promise<void>((resolve) => {
    answer = resolve;
  });
  server.use(
    on.get('/sla/report', async ({ request }) => {
      if (new URL(request.url).searchParams.get('by') === 'policy') {
        return HttpResponse.json(report('policy', '1', 'Urgent first'));
      }
      await asked;
      return HttpResponse.json(report('priority', 'high', ''));
    }),
  );
  const { user } = openApp('/sla/report', 'admin');
  expect(await screen.findByRole('rowheader', { name: 'Urgent first' })).toBeVisible();
  await user.selectOptions(screen.getByLabelText('By'), 'priority');
  await waitFor(() => expect(screen.queryByRole('rowheader', { name: 'Urgent first' })).toBeNull());
  expect(screen.getByLabelText('By')).toHaveValue('priority');
  answer();
  expect(await screen.findByRole('rowheader', { name: 'High' })).toBeVisible();
});

it('saves a policy over what somebody else made of it, once one was told', async () => {
  const sent: (string | null)[] = [];
  server.use(
    on.get('/calendars', () => HttpResponse.json({ results: [] })),
    on.get('/sla/policies/1', () => HttpResponse.json(aPolicy({ version: sent.length + 1 }))),
    on.patch('/sla/policies/1', ({ request }) => {
      sent.push(request.headers.get('If-Match'));
      return sent.length === 1 ? problem(412) : HttpResponse.json(aPolicy({ version: 3 }));
    }),
  );
  const { user } = openApp('/sla/1', 'admin');
  await user.type(await screen.findByLabelText(/^Name/), '!');
  await user.click(screen.getByRole('button', { name: 'Save policy' }));
  await screen.findByText(/was changed in the meantime/);
  await user.click(screen.getByRole('button', { name: 'Save policy' }));
  await waitFor(() => expect(sent).toEqual(['"v1."', '"v2."']));
});
