import { screen } from '@testing-library/react';
import { HttpResponse } from 'msw';
import { expect, it } from 'vitest';
import type { Job } from '@/lib/api';
import { aList } from '@/testing/fixtures';
import { openApp } from '@/testing/render';
import { on, server } from '@/testing/server';

const dead: Job = {
  id: 5,
  kind: 'mail.send',
  state: 'dead',
  attempt: 8,
  max_attempts: 8,
  run_at: '2026-11-01T08:00:00Z',
  last_error: 'connection refused',
  created_at: '2026-11-01T07:00:00Z',
  finished_at: null,
};

it('shows failed jobs and runs one again', async () => {
  let jobs = [dead];
  server.use(
    on.get('/jobs', () => HttpResponse.json(aList(jobs))),
    on.post('/jobs/:id/replay', () => {
      jobs = [];
      return HttpResponse.json({ ...dead, state: 'ready' });
    }),
  );
  const { user } = openApp('/jobs', 'admin');
  expect(await screen.findByText('connection refused')).toBeVisible();
  await user.click(screen.getByRole('button', { name: 'Try again: job 5' }));
  expect(await screen.findByText('No job has failed')).toBeVisible();
});

it('deletes a failed job once that was confirmed', async () => {
  let jobs = [dead];
  server.use(
    on.get('/jobs', () => HttpResponse.json(aList(jobs))),
    on.delete('/jobs/:id', () => {
      jobs = [];
      return new HttpResponse(null, { status: 204 });
    }),
  );
  const { user } = openApp('/jobs', 'admin');
  await user.click(await screen.findByRole('button', { name: 'Delete job 5' }));
  expect(screen.getByText('connection refused')).toBeVisible();
  await user.click(screen.getByRole('button', { name: 'Delete job' }));
  expect(await screen.findByText('No job has failed')).toBeVisible();
});
