import { screen, waitFor, within } from '@testing-library/react';
import { HttpResponse } from 'msw';
import { expect, it } from 'vitest';
import { aList, aTicket } from '@/testing/fixtures';
import { openApp } from '@/testing/render';
import { on, problem, server } from '@/testing/server';

/** Answers the list and keeps what was asked for. */
function watchList(answer = aList([aTicket()])) {
  const asked: URLSearchParams[] = [];
  server.use(
    on.get('/tickets', ({ request }) => {
      asked.push(new URL(request.url).searchParams);
      return HttpResponse.json(answer);
    }),
  );
  return () => Object.fromEntries(asked.at(-1) ?? []);
}

it('keeps filters, sort and search in the URL', async () => {
  const asked = watchList();
  const { user, router } = openApp('/tickets', 'it_staff');
  await screen.findByText('Printer on fire');
  await user.click(screen.getByLabelText('Open'));
  await user.click(screen.getByLabelText('In progress'));
  await user.selectOptions(screen.getByLabelText('Sort'), 'Most pressing first');
  await user.type(screen.getByLabelText('Search tickets'), 'fire');
  await waitFor(() =>
    expect(router.state.location.href).toBe(
      '/tickets?status=open,in_progress&sort=-priority&q=fire',
    ),
  );
  await waitFor(() =>
    expect(asked()).toEqual({
      status: 'open,in_progress',
      sort: '-priority',
      q: 'fire',
      tz: expect.any(String),
      page_size: '50',
    }),
  );
});

it('opens a shared link with its filters set', async () => {
  const asked = watchList();
  openApp('/tickets?view=mine&priority=urgent&search=%2542', 'it_staff');
  await screen.findByText('Printer on fire');
  expect(screen.getByRole('heading', { level: 1 })).toHaveTextContent('Assigned to me');
  expect(screen.getByLabelText('Urgent')).toBeChecked();
  expect(screen.getByLabelText('Search tickets')).toHaveValue('%42');
  expect(asked()).toMatchObject({ assigned_to: 'me', priority: 'urgent', q: '-is:snoozed %42' });
});

it('starts at the first page again when a filter changes', async () => {
  const asked = watchList(aList([aTicket()], { count: 500 }));
  const { user, router } = openApp('/tickets?page=4', 'admin');
  await screen.findByText('Printer on fire');
  expect(screen.getByText('151–151 of 500')).toBeVisible();
  await user.click(screen.getByLabelText('Closed'));
  await waitFor(() => expect(router.state.location.href).toBe('/tickets?status=closed'));
  await waitFor(() => expect(asked().page).toBeUndefined());
});

it('offers the first page when the asked one is gone', async () => {
  server.use(on.get('/tickets', () => problem(404, { code: 'page.not_found' })));
  openApp('/tickets?page=9', 'admin');
  expect(await screen.findByText('Go to the first page')).toBeVisible();
});

it('explains a failure and tries again', async () => {
  let broken = true;
  server.use(
    on.get('/tickets', () =>
      broken ? problem(500, { request_id: 'req-7' }) : HttpResponse.json(aList([aTicket()])),
    ),
  );
  const { user } = openApp('/tickets', 'it_staff');
  const alert = await screen.findByRole('alert');
  expect(alert).toHaveTextContent('req-7');
  broken = false;
  await user.click(within(alert).getByRole('button', { name: 'Try again' }));
  expect(await screen.findByText('Printer on fire')).toBeVisible();
});

it('tells a newcomer how to begin', async () => {
  openApp('/tickets', 'employee');
  expect(await screen.findByText('You have not reported anything yet')).toBeVisible();
  expect(screen.queryByLabelText('Assignee')).toBeNull();
});

it('moves by j and k and opens by Enter', async () => {
  watchList(aList([aTicket({ id: 1, title: 'First' }), aTicket({ id: 2, title: 'Second' })]));
  const { user } = openApp('/tickets', 'it_staff');
  await screen.findByText('First');
  await user.keyboard('jj');
  expect(document.activeElement).toHaveTextContent('Second');
  await user.keyboard('k');
  expect(document.activeElement).toHaveTextContent('First');
});
