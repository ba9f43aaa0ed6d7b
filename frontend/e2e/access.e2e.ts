import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { beforeAll, expect, it } from 'vitest';
import { expectAccessible, expectNoSidewaysScroll, journeys, type Role } from './desk.ts';

const light = { colorScheme: 'light', contrast: 'no-preference' } as const;
const dark = { ...light, colorScheme: 'dark' } as const;

/** Each page is opened once in each size, and looked at in each of its looks. */
const sizes = [
  [
    'in a window',
    {},
    [
      ['light', light],
      ['dark', dark],
      ['high contrast', { ...light, contrast: 'more' }],
      ['high contrast and dark', { ...dark, contrast: 'more' }],
    ],
  ],
  [
    'at 360 px',
    { width: 360, height: 740 },
    [
      ['light', light],
      ['dark', dark],
    ],
  ],
] as const;

const hostile = `${'W'.repeat(190)} ✓`;

journeys('every page', (desk) => {
  let ticket = 0;
  let user = 0;
  let calendar = 0;
  let policy = 0;
  let webhook = 0;
  let message = 0;
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
    // The administrators' screens with something on them, of which the names are long.
    const long = (name: string) => `${name} ${'of everything '.repeat(4)}`.trim();
    const make = <T>(path: string, body: unknown) => desk.api<T>('admin', 'POST', path, body);
    const day = [{ from: '09:00', to: '17:00' }];
    calendar = (
      await make<{ id: number }>('/api/calendars', {
        name: long('Hours'),
        zone: 'Europe/Berlin',
        hours: { monday: day, tuesday: day, friday: day },
        holidays: [{ name: long('Founding day'), first: '2026-12-01' }],
      })
    ).id;
    policy = (
      await make<{ id: number }>('/api/sla/policies', {
        name: long('Urgent'),
        condition: 'priority:urgent',
        calendar_id: calendar,
        targets: { first_response: 3600 },
      })
    ).id;
    await make('/api/recurrences', {
      name: long('Backup'),
      rule: 'FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1',
      start: '2026-03-02T09:00',
      zone: 'America/Argentina/ComodRivadavia',
    });
    const options = [{ label: 'Left' }, { label: 'Right' }];
    await make('/api/fields', { name: long('Side'), kind: 'choice', options, everywhere: true });
    await make('/api/categories', { name: long('Hardware'), description: long('All') });
    await make('/api/substatuses', { label: 'Waiting for parts', state: 'in_progress' });
    await make('/api/tags', { name: 'a-tag-with-a-name' });
    await make('/api/teams', { name: long('Team') });
    webhook = (
      await make<{ id: number }>('/api/webhooks', {
        url: `http://127.0.0.1:9/${'hook'.repeat(60)}`,
        description: long('Inventory'),
        events: ['ticket.created', 'ticket.status_changed', 'user.created'],
      })
    ).id;
    await make(`/api/webhooks/${webhook}/test`, undefined);
    const word = 'w'.repeat(200);
    message = (
      await desk.mailIn('A Person With A Name <person@other.example>', [
        `Subject: ${word}`,
        `Message-Id-Of-Something: ${word}`,
        'MIME-Version: 1.0',
        'Content-Type: multipart/mixed; boundary=b',
        '',
        '--b',
        'Content-Type: text/html; charset=utf-8',
        '',
        `<p style="color:#eee">It <b>jams</b>. ${word}</p><table width=2000><tr><td>x</td></tr></table>`,
        '<p>-- <br>A Person</p><blockquote>On Monday you wrote: it does not.</blockquote>',
        '--b',
        `Content-Type: application/pdf; name="${word}.pdf"`,
        'Content-Disposition: attachment',
        '',
        'x',
        '--b--',
      ])
    ).id;
    await desk.mailIn('Codes <no-reply@other.example>', ['Subject: Your code', '', '123456']);
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
    [
      'employee',
      [
        '/',
        '/tickets',
        '/tickets/new',
        `/tickets/${ticket}`,
        '/profile',
        '/notifications',
        '/notifications/settings',
        '/nowhere',
      ],
    ],
    ['it_staff', ['/', '/tickets?view=unassigned', '/tickets?status=closed', `/tickets/${ticket}`]],
    [
      'admin',
      [
        '/',
        '/tickets',
        `/tickets/${ticket}`,
        '/reports',
        '/reports/time',
        '/users',
        '/users/new',
        `/users/${user}`,
        '/teams',
        '/desk',
        '/sla',
        '/sla/new',
        '/sla/report',
        `/sla/${policy}`,
        '/calendars',
        '/calendars/new',
        `/calendars/${calendar}`,
        '/jobs',
        '/rules',
        '/routing',
        '/macros',
        '/recurring',
        '/webhooks',
        `/webhooks/${webhook}`,
        '/mail',
        '/mail?tab=mailboxes',
        '/mail?tab=sent',
        '/mail?tab=texts',
        '/mail?tab=try',
        `/mail/${message}`,
      ],
    ],
  ];

  it('is among those that are looked at', () => {
    const source = readFileSync(new URL('../src/app/router.tsx', import.meta.url), 'utf8');
    const under: Record<string, string> = { tickets: '/tickets' };
    const routes = [...source.matchAll(/getParentRoute: \(\) => (\w+),\s+path: '([^']+)'/g)].map(
      ([, parent = '', path = '']) => `${under[parent] ?? ''}${path}`.replace(/(.)\/$/, '$1'),
    );
    expect(routes.length).toBeGreaterThan(20);
    const visited = pages().flatMap(([, paths]) => paths.map((path) => path.split('?')[0]));
    const missing = routes.filter((route) => {
      const like = new RegExp(`^${route.replace(/\$\w+/g, '\\d+')}$`);
      return !visited.some((path) => like.test(path ?? ''));
    });
    expect(missing).toEqual([]);
  });

  for (const [size, options, looks] of sizes) {
    it(`is accessible and fits ${size}`, { timeout: 600_000 }, async () => {
      for (const [role, paths] of pages()) {
        const page = role ? await desk.openAs(role, '/', options) : await desk.open('/', options);
        const inEachLook = async (path: string) => {
          await settled(page);
          for (const [look, media] of looks) {
            await page.emulateMedia(media);
            await repainted(page);
            await expectAccessible(page, look);
            await expectNoSidewaysScroll(page);
            if (process.env.PICTURES) {
              const name = `${size} ${look} ${role} ${path}`.replace(/\W+/g, '-');
              await page.screenshot({ path: `${process.env.PICTURES}/${name}.png` });
            }
          }
        };
        for (const path of paths) {
          await page.goto(path);
          await page.getByRole('heading', { level: 1 }).waitFor();
          await inEachLook(path);
          for (const tab of path === '/desk' ? ['Fields', 'Finer statuses', 'Tags'] : []) {
            await page.getByRole('tab', { name: tab }).click();
            await inEachLook(`${path} ${tab}`);
          }
        }
      }
    });
  }

  for (const [look, options] of Object.entries({
    'in light': {},
    'at 360 px in dark': { width: 360, height: 740, dark: true },
  })) {
    it(`has accessible dialogs of administrators ${look}`, { timeout: 300_000 }, async () => {
      const page = await desk.openAs('admin', '/', options);
      const seen: string[] = [];
      const [, paths = []] = pages().find(([role]) => role === 'admin') ?? [];
      for (const path of paths.filter((one) => !one.startsWith('/tickets/'))) {
        await page.goto(path);
        await page.getByRole('heading', { level: 1 }).waitFor();
        await settled(page);
        const opens = page.getByRole('main').getByRole('button', {
          name: /^(New|Add|Create|Edit|Change|Rename|Merge|Replace|Delete|Remove|Move|Try|Test)\b/,
        });
        const names = await opens.evaluateAll((all) => [
          ...new Set(all.map((one) => one.getAttribute('aria-label') ?? one.textContent ?? '')),
        ]);
        for (const name of names) {
          const button = opens.filter({ visible: true }).and(page.getByRole('button', { name }));
          if ((await button.count()) === 0 || (await button.first().isDisabled())) continue;
          await button.first().click();
          await settled(page);
          const dialog = page.locator('[role="dialog"], [role="alertdialog"], dialog[open]');
          if ((await dialog.count()) > 0) {
            seen.push(`${path} ${name}`);
            await expectAccessible(page);
            await expectNoSidewaysScroll(page);
          }
          await page.goto(path);
          await page.getByRole('heading', { level: 1 }).waitFor();
          await settled(page);
        }
      }
      if (process.env.PICTURES) console.log(seen.join('\n'));
      expect(seen.length).toBeGreaterThan(10);
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

/** Waits until another look is on the screen, and what fades has faded. */
async function repainted(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    const faded = Promise.allSettled(document.getAnimations().map((one) => one.finished));
    // What turns for ever never has.
    await Promise.race([faded, new Promise((done) => setTimeout(done, 300))]);
  });
}
