import { screen, waitFor, within } from '@testing-library/react';
import { HttpResponse } from 'msw';
import { beforeEach, expect, it, vi } from 'vitest';
import type { View } from '@/lib/api';
import { messages as german } from '@/locales/de/messages.po';
import { messages as english } from '@/locales/en/messages.po';
import { aList, aTicket, aUser } from '@/testing/fixtures';
import { openApp } from '@/testing/render';
import { on, server } from '@/testing/server';
import {
  allColumns,
  columnsNamed,
  columnVariables,
  spareColumns,
  usualColumns,
  usualIds,
} from './columns';

it('has a width, a cell and a name in both languages for each column', () => {
  const ticket = aTicket({ assigned_to: aUser('it_staff'), sla_state: 'at_risk' });
  const i18n = { _: () => 'word' } as never;
  for (const column of allColumns) {
    expect(column.width, column.id).toBeGreaterThan(20);
    expect(column.id).toMatch(/^[a-z][a-z0-9_.]{0,39}$/);
    expect(() => column.cell(ticket, { i18n, exact: true })).not.toThrow();
    expect(english, column.id).toHaveProperty([column.label.id]);
    expect(german, column.id).toHaveProperty([column.label.id]);
  }
  expect(new Set(allColumns.map(({ id }) => id)).size).toBe(allColumns.length);
});

it('drops what is unknown, twice there or not for somebody, and keeps the title', () => {
  const ids = (names: string[], may: string[] = []) => columnsNamed(names, may).map(({ id }) => id);
  expect(ids(['status', 'nonsense', 'status', 'sla'])).toEqual(['status', 'title']);
  expect(ids(['sla', 'title'], ['ticket.queue'])).toEqual(['sla', 'title']);
});

it('says the widths of all rows once, and what stands beside an open ticket anyway', () => {
  const columns = columnsNamed(['id', 'title', 'created'], []);
  const at = (exact: boolean) => columnVariables(columns, exact) as Record<string, string>;
  expect(at(false)['--fd-columns']).toBe('64px minmax(200px, 1fr) 96px');
  expect(at(true)['--fd-columns']).toBe('64px minmax(200px, 1fr) 156px');
  expect(spareColumns(columns).map(({ id }) => id)).toEqual([
    'priority',
    'status',
    'due',
    'updated',
  ]);
  expect(usualIds).toEqual('priority,id,title,requester,assignee,status,due,updated'.split(','));
});

it('lets the usual columns give way where there is room for list and ticket, and no others', () => {
  // A window of 1,100 pixels has 880 beside the menu; a scroll bar takes 15 of them.
  const at = (columns: typeof usualColumns) =>
    columnVariables(columns, false) as Record<string, string>;
  expect(Number.parseInt(at(usualColumns)['--fd-tight-min'] ?? '', 10)).toBeLessThanOrEqual(865);
  // What the style sheets ask the room for: these, and a scroll bar.
  expect(at(usualColumns)['--fd-columns-min']).toBe('944px');
  const exact = columnVariables(usualColumns, true) as Record<string, string>;
  expect(exact['--fd-columns-min']).toBe('1024px');
  expect(exact['--fd-tight-min']).toBe('944px');
  expect(Number.parseInt(exact['--fd-fewer-min'] ?? '', 10)).toBeLessThanOrEqual(865);
  const chosen = at([...usualColumns]);
  expect(chosen['--fd-columns']).toBe('22px 64px minmax(200px, 1fr) 150px 150px 116px 168px 96px');
  expect(chosen).not.toHaveProperty('--fd-tight');
});

const heads = () =>
  screen.getAllByRole('columnheader').map((head) => head.textContent || head.title);

function aView(over: Partial<View>): View {
  return {
    id: 5,
    owner: aUser('it_staff'),
    name: 'Mine',
    icon: '',
    q: 'printer',
    sort: '-created_at',
    columns: [],
    shared_with: null,
    version: 1,
    created_at: '2026-11-01T08:00:00Z',
    updated_at: '2026-11-01T08:00:00Z',
    can: { update: true, delete: true },
    ...over,
  } as View;
}

let kept: unknown;
beforeEach(() => {
  kept = undefined;
  localStorage.clear();
  vi.stubGlobal('matchMedia', (media: string) => ({
    matches: media.includes('min-width'),
    media,
    addEventListener: () => {},
    removeEventListener: () => {},
    addListener: () => {},
    removeListener: () => {},
  }));
  server.use(
    on.get('/tickets', () => HttpResponse.json(aList([aTicket()]))),
    on.put('/preferences/list.columns', async ({ request }) => {
      kept = ((await request.json()) as { value: unknown }).value;
      return HttpResponse.json({ name: 'list.columns', value: kept, version: 1, updated_at: '' });
    }),
  );
});

it('shows the columns that somebody keeps at the server, and keeps what they choose', async () => {
  server.use(
    on.get('/preferences', () =>
      HttpResponse.json(
        aList([
          {
            name: 'list.columns',
            value: { shown: ['id', 'title', 'created', 'from another version'] },
            version: 1,
            updated_at: '2026-11-01T08:00:00Z',
          },
        ]),
      ),
    ),
  );
  const { user, router } = openApp('/tickets', 'it_staff');
  await waitFor(() => expect(heads()).toEqual(['Number', 'Title', 'Created']));
  const created = screen.getByRole('columnheader', { name: 'Created' });
  expect(created.getAttribute('aria-sort')).toBe('descending');
  await user.click(within(created).getByRole('button'));
  await waitFor(() => expect(router.state.location.search).toMatchObject({ sort: 'created_at' }));
  // The head stays, and with it the focus.
  expect(created.getAttribute('aria-sort')).toBe('ascending');
  expect(created.contains(document.activeElement)).toBe(true);

  await user.click(screen.getByRole('button', { name: 'Choose columns' }));
  await user.click(await screen.findByRole('checkbox', { name: 'Status' }));
  await user.click(screen.getByRole('button', { name: 'Move “Created” up' }));
  await waitFor(() => expect(kept).toEqual({ shown: ['id', 'created', 'title', 'status'] }));
});

it('shows the columns of a saved view, and changes them only by saving it', async () => {
  const saved: unknown[] = [];
  const view = aView({ columns: ['status', 'title'] });
  server.use(
    on.get('/views', () => HttpResponse.json(aList([view]))),
    on.patch('/views/5', async ({ request }) => {
      saved.push(await request.json());
      return HttpResponse.json(view);
    }),
  );
  const { user } = openApp('/tickets?view=5&q=printer', 'it_staff');
  await waitFor(() => expect(heads()).toEqual(['Status', 'Title']));
  await user.click(screen.getByRole('button', { name: 'Choose columns' }));
  await user.click(await screen.findByRole('checkbox', { name: 'Comments' }));
  const dialog = screen.getByRole('dialog', { name: 'Choose columns' });
  await user.click(within(dialog).getByRole('button', { name: 'Save view' }));
  const form = await screen.findByRole('dialog', { name: 'Save view' });
  await user.click(within(form).getByRole('button', { name: 'Save changes' }));
  await waitFor(() => expect(saved).toMatchObject([{ columns: ['status', 'title', 'comments'] }]));
  expect(kept).toBeUndefined();
});
