// Takes pictures of the main screens of a running desk, for the guide.
//
//   npm run screenshots -- DIRECTORY
//
// FIXDESK_URL names the desk (http://localhost:8080); FIXDESK_SIGN_IN holds
// "user:password" pairs of an employee, an agent and an administrator, in this
// order, separated by spaces, as `make run` prints them.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const [directory] = process.argv.slice(2);
const base = process.env.FIXDESK_URL ?? 'http://localhost:8080';
const [employee, agent, admin] = (process.env.FIXDESK_SIGN_IN ?? '').split(' ').filter(Boolean);
if (!directory || !admin) {
  console.error(
    'usage: FIXDESK_SIGN_IN="employee:… agent:… admin:…" npm run screenshots -- DIRECTORY',
  );
  process.exit(2);
}

const desktop = { width: 1440, height: 900 };
const phone = { width: 360, height: 740 };
const looks = [
  { suffix: 'light', viewport: desktop, colorScheme: 'light' },
  { suffix: 'dark', viewport: desktop, colorScheme: 'dark' },
  { suffix: 'phone', viewport: phone, colorScheme: 'light' },
];
const screens = [
  { as: null, shots: [['sign-in', '/sign-in']] },
  {
    as: employee,
    shots: [
      ['employee-dashboard', '/'],
      ['employee-new-ticket', '/tickets/new'],
      ['employee-ticket', firstTicket],
      ['profile', '/profile'],
    ],
  },
  {
    as: agent,
    shots: [
      ['agent-dashboard', '/'],
      ['agent-queue', '/tickets'],
      ['agent-ticket', firstTicket],
    ],
  },
  {
    as: admin,
    shots: [
      ['admin-dashboard', '/'],
      ['admin-users', '/users'],
      ['admin-jobs', '/jobs'],
    ],
  },
];

/** Opens the first ticket of the list, whatever its number. */
async function firstTicket(page) {
  await page.goto('/tickets');
  await page.getByRole('list').getByRole('link', { name: /#\d/ }).first().click();
  await page.waitForURL(/\/tickets\/\d+/);
}

mkdirSync(directory, { recursive: true });
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-dev-shm-usage'],
});
for (const { suffix, ...look } of looks) {
  for (const { as, shots } of screens) {
    const context = await browser.newContext({
      ...look,
      baseURL: base,
      locale: 'en-GB',
      reducedMotion: 'reduce',
    });
    await context.addInitScript(() => localStorage.setItem('fixdesk.tour', 'off'));
    const page = await context.newPage();
    if (as) await signIn(page, as);
    for (const [name, where] of shots) {
      if (typeof where === 'string') await page.goto(where);
      else await where(page);
      await page.getByRole('heading', { level: 1 }).waitFor();
      // The live stream never ends, so the network is never idle.
      await page.waitForTimeout(1500);
      await page.evaluate(() => document.activeElement?.blur());
      await page.screenshot({ path: join(directory, `${name}-${suffix}.png`) });
    }
    await context.close();
  }
}
await browser.close();

async function signIn(page, pair) {
  const [username, ...password] = pair.split(':');
  await page.goto('/sign-in');
  await page.getByLabel('User name or e-mail').fill(username);
  await page.getByRole('textbox', { name: 'Password' }).fill(password.join(':'));
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Dashboard' }).waitFor();
}
