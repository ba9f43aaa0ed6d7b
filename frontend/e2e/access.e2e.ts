import type { Page } from 'playwright-core';
import { beforeAll, it } from 'vitest';
import { expectAccessible, expectNoSidewaysScroll, journeys, type Role } from './desk.ts';

const hostile = `${'W'.repeat(190)} ✓`;

journeys('every page', (desk) => {
  let ticket = 0;
  let user = 0;
  beforeAll(async () => {
    const made = await desk.api<{ id: number }>('employee', 'POST', '/api/tickets', {
      title: hostile,
      description: `${'x'.repeat(3000)}\n<script>alert(1)</script>`,
      priority: 'urgent',
    });
    ticket = made.id;
    await desk.api('it_staff', 'POST', `/api/tickets/${ticket}/add_comment`, {
      content: `https://example.org/${'y'.repeat(500)}`,
    });
    for (const status of ['in_progress', 'resolved', 'open', 'closed', 'open']) {
      await desk.api('it_staff', 'POST', `/api/tickets/${ticket}/update_status`, { status });
    }
    user = (await desk.api<{ id: number }>('employee', 'GET', '/api/auth/me')).id;
  });

  const pages = (): [Role | null, string[]][] => [
    [
      null,
      [
        '/sign-in',
        '/register',
        '/forgot-password',
        '/reset-password?token=x',
        '/reset-password',
        '/verify-email',
      ],
    ],
    ['employee', ['/', '/tickets', '/tickets/new', `/tickets/${ticket}`, '/profile', '/nowhere']],
    ['it_staff', ['/', '/tickets?view=unassigned', '/tickets?status=closed', `/tickets/${ticket}`]],
    [
      'admin',
      [
        '/',
        '/tickets',
        `/tickets/${ticket}`,
        '/users',
        '/users/new',
        `/users/${user}`,
        '/teams',
        '/jobs',
      ],
    ],
  ];

  for (const [look, options] of Object.entries({
    'in light': {},
    'in dark': { dark: true },
    'at 360 px': { width: 360, height: 740 },
  })) {
    it(`is accessible and fits ${look}`, { timeout: 180_000 }, async () => {
      for (const [role, paths] of pages()) {
        const page = role ? await desk.openAs(role, '/', options) : await desk.open('/', options);
        for (const path of paths) {
          await page.goto(path);
          await page.getByRole('heading', { level: 1 }).waitFor();
          await settled(page);
          await expectAccessible(page);
          await expectNoSidewaysScroll(page);
        }
      }
    });
  }

  it('has accessible dialogs and mistakes', async () => {
    const page = await desk.openAs('admin', `/tickets/${ticket}`);
    await page.getByRole('button', { name: /^Assignee/ }).click();
    await page.getByRole('dialog').waitFor();
    await expectAccessible(page);
    await page.goto('/tickets/new');
    await page.getByRole('button', { name: 'Create ticket' }).click();
    await page.getByText('Say in a few words what is wrong.').waitFor();
    await expectAccessible(page);
  });
});

/** Waits until nothing loads any more; the stream of changes never ends, so it does not count. */
async function settled(page: Page): Promise<void> {
  await page.waitForFunction(() => document.querySelectorAll('.fd-late').length === 0);
  await page.waitForTimeout(400);
}
