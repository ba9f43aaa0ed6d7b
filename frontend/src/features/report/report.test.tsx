import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { HttpResponse } from 'msw';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { DeskReport, ReportNumbers } from '@/lib/api';
import { openApp } from '@/testing/render';
import { on, server } from '@/testing/server';
import { formatDuration } from './duration';
import { daysOf, isRange, parseReportSearch } from './periods';

const none = { count: 0, p50: null, p90: null, p95: null };
const numbers = (over: Partial<ReportNumbers> = {}): ReportNumbers => ({
  created: 0,
  solved: 0,
  backlog: 0,
  first_response: none,
  resolution: none,
  queries: { created: 'c', solved: 's', responded: 'r', backlog: 'b' },
  ...over,
});

function aReport(over: Partial<DeskReport> = {}): DeskReport {
  const totals = numbers({
    created: 12,
    solved: 9,
    backlog: 4,
    first_response: { count: 8, p50: 600, p90: 7200, p95: 90_000 },
  });
  return {
    from: '2026-11-01',
    to: '2026-11-01',
    previous_from: '2026-10-31',
    previous_to: '2026-10-31',
    interval: 'day',
    percentile_error: 0.045,
    totals,
    previous: numbers({ created: 10 }),
    series: [{ from: '2026-11-01', to: '2026-11-01', ...totals }],
    breakdowns: [
      {
        dimension: 'priority',
        rows: [
          {
            key: 'urgent',
            label: 'urgent',
            user: null,
            previous_created: 3,
            previous_solved: 2,
            ...totals,
          },
        ],
      },
    ],
    ...over,
  };
}

beforeEach(() => {
  // Charts draw nothing, and complain, without a size.
  vi.spyOn(Element.prototype, 'getBoundingClientRect').mockReturnValue(new DOMRect(0, 0, 600, 300));
});

describe('the report', () => {
  it('leads from each number to the tickets it counts', async () => {
    server.use(on.get('/reports/desk', () => HttpResponse.json(aReport())));
    openApp('/reports', 'admin');
    const created = await screen.findByRole('link', { name: /^12 ?Created/ });
    expect(created).toHaveAttribute('href', '/tickets?q=c');
    expect(created).toHaveTextContent('+20%');
    expect(screen.getByRole('link', { name: /First response, median/ })).toHaveTextContent(
      '10 min',
    );
    const table = await screen.findAllByRole('region', { name: 'Table: By priority' });
    const link = within(table.at(-1) as HTMLElement).getByRole('link', {
      name: 'Urgent, Solved: 9',
    });
    expect(link).toHaveAttribute('href', '/tickets?q=s');
    const charts = await screen.findAllByRole('img', { name: /^Chart: / });
    expect(screen.getAllByText('Show as table')).toHaveLength(charts.length);
  });

  it('asks for the days that were chosen', async () => {
    const asked: string[] = [];
    server.use(
      on.get('/reports/desk', ({ request }) => {
        asked.push(new URL(request.url).search);
        return HttpResponse.json(aReport());
      }),
    );
    openApp('/reports?from=2026-01-01&to=2026-01-31', 'admin');
    await screen.findByRole('link', { name: /^12 ?Created/ });
    expect(asked).toEqual(['?from=2026-01-01&to=2026-01-31']);
    await userEvent.click(screen.getByRole('radio', { name: '7 days' }));
    await waitFor(() => expect(asked).toHaveLength(2));
  });

  it('says when there is nothing, and when it did not load', async () => {
    server.use(
      on.get('/reports/desk', () =>
        HttpResponse.json(aReport({ totals: numbers(), previous: numbers(), breakdowns: [] })),
      ),
    );
    openApp('/reports', 'admin');
    await screen.findByText('No tickets in this period');
  });

  it('offers to try again', async () => {
    server.use(
      on.get('/reports/desk', () =>
        HttpResponse.json({ code: 'report.view_denied', detail: 'No.' }, { status: 403 }),
      ),
    );
    openApp('/reports', 'admin');
    await screen.findByRole('button', { name: 'Try again' });
  });

  it('saves a table', async () => {
    const asked: string[] = [];
    server.use(
      on.get('/reports/desk', () => HttpResponse.json(aReport())),
      on.get('/reports/desk/csv', ({ request }) => {
        asked.push(new URL(request.url).searchParams.get('table') ?? '');
        return new HttpResponse('a,b', { headers: { 'Content-Type': 'text/csv' } });
      }),
    );
    const url = vi.spyOn(URL, 'createObjectURL').mockReturnValue('blob:x');
    openApp('/reports', 'admin');
    await userEvent.click(
      await screen.findByRole('button', { name: 'Download as CSV: By priority' }),
    );
    await waitFor(() => expect(asked).toEqual(['priority']));
    await waitFor(() => expect(url).toHaveBeenCalled());
  });
});

describe('periods', () => {
  it('reads the URL', () => {
    expect(parseReportSearch({ last: '7' })).toEqual({ last: 7 });
    expect(parseReportSearch({ last: '30' })).toEqual({});
    expect(parseReportSearch({ last: '8', from: '2026-02-30x', to: '' })).toEqual({});
    expect(parseReportSearch({ from: '2026-02-01', to: '2026-01-01' })).toEqual({});
  });
  it('counts back from today in UTC', () => {
    const now = Date.parse('2026-03-02T23:30:00-05:00');
    expect(daysOf({}, now)).toEqual({ from: '2026-02-02', to: '2026-03-03' });
    expect(daysOf({ last: 7 }, now)).toEqual({ from: '2026-02-25', to: '2026-03-03' });
  });
  it('refuses what no report covers', () => {
    expect(isRange('2026-01-01', '2026-01-01')).toBe(true);
    expect(isRange('2026-01-02', '2026-01-01')).toBe(false);
    expect(isRange('2006-01-01', '2026-01-01')).toBe(false);
    expect(isRange('', '2026-01-01')).toBe(false);
  });
});

it('writes durations as short as they are precise', () => {
  expect(
    [30, 89, 600, 5400, 9000, 100_000, 200_000, 5_000_000].map((s) => formatDuration(s, 'en')),
  ).toEqual(['30 sec', '89 sec', '10 min', '1.5 hr', '2.5 hr', '28 hr', '2.3 days', '58 days']);
});
