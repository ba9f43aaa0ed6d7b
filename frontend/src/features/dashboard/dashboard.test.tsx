import { screen } from '@testing-library/react';
import { HttpResponse } from 'msw';
import { expect, it, vi } from 'vitest';
import { aDashboard } from '@/testing/fixtures';
import { openApp } from '@/testing/render';
import { on, server } from '@/testing/server';

it('leads from each number to its list', async () => {
  openApp('/', 'it_staff');
  const open = await screen.findByRole('link', { name: '1 Open' });
  expect(open).toHaveAttribute('href', '/tickets?status=open');
  expect(screen.getByRole('link', { name: '1 Unassigned' })).toHaveAttribute(
    'href',
    '/tickets?view=unassigned&status=open,in_progress',
  );
});

it('holds the place of what is due until it is known whether there is any', async () => {
  server.use(on.get('/tickets/query_fields', () => new Promise<never>(() => {})));
  openApp('/', 'it_staff');
  const waiting = await screen.findByRole('heading', { name: 'Waiting for me' });
  const due = screen.getByRole('heading', { name: 'Due today or overdue' });
  expect(due.compareDocumentPosition(waiting)).toBe(Node.DOCUMENT_POSITION_FOLLOWING);
});

it('gives administrators charts with a table behind each', async () => {
  // Charts draw nothing, and complain, without a size.
  vi.spyOn(Element.prototype, 'getBoundingClientRect').mockReturnValue(new DOMRect(0, 0, 600, 300));
  const per_day = [{ date: '2026-11-01', created: 4, resolved: 2 }];
  server.use(on.get('/dashboard', () => HttpResponse.json(aDashboard({ per_day }))));
  openApp('/', 'admin');
  expect(await screen.findByRole('img', { name: /Chart: Tickets per day/ })).toBeInTheDocument();
  expect(screen.getAllByText('Show as table')).toHaveLength(3);
  expect(screen.getByText('Nov 1', { selector: 'th' })).toBeInTheDocument();
});

it('spares an employee the numbers of the others', async () => {
  openApp('/', 'employee');
  await screen.findByRole('heading', { name: 'Dashboard' });
  await screen.findByText('My newest tickets');
  expect(screen.queryByRole('link', { name: '1 Unassigned' })).toBeNull();
  expect(screen.queryByRole('link', { name: 'Users' })).toBeNull();
});
