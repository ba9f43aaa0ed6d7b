// Takes pictures of the main screens of a running desk, for the guide.
//
//   npm run screenshots -- DIRECTORY [PATTERN]
//
// PATTERN chooses pictures by their names, such as "reports|dark".
// FIXDESK_URL names the desk (http://localhost:8080); FIXDESK_SIGN_IN holds
// "user:password" pairs of an employee, an agent and an administrator, in this
// order, separated by spaces, as `make run` prints them.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { smallPng } from './small-png.mjs';

const [directory, pattern] = process.argv.slice(2);
const wanted = new RegExp(pattern ?? '');
const base = process.env.FIXDESK_URL ?? 'http://localhost:8080';
const [employee, agent, admin] = (process.env.FIXDESK_SIGN_IN ?? '').split(' ').filter(Boolean);
if (!directory || !admin) {
  console.error(
    'usage: FIXDESK_SIGN_IN="employee:… agent:… admin:…" npm run screenshots -- DIRECTORY [PATTERN]',
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
      ['employee-tickets', '/tickets'],
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
      ['agent-conversation', conversationWithNote],
      ['agent-palette', palette],
      ['agent-export', exportDialog],
    ],
  },
  {
    as: admin,
    shots: [
      ['admin-dashboard', '/'],
      ['admin-reports', '/reports?last=90'],
      ['admin-users', '/users'],
      ['admin-jobs', '/jobs'],
      ['admin-teams', '/teams'],
      ['admin-desk', '/desk'],
      ['admin-sla', '/sla'],
      ['admin-calendars', '/calendars'],
    ],
  },
];

/** Opens the first ticket of the list, whatever its number. */
async function firstTicket(page) {
  await page.goto('/tickets');
  await page.getByRole('list').getByRole('link', { name: /#\d/ }).first().click();
  await page.waitForURL(/\/tickets\/\d+/);
}

/** The ticket with most answers, with a note of one's own. */
async function conversationWithNote(page) {
  await page.goto('/tickets?q=assignee:me comments:>2 status:unfinished');
  await page.getByRole('list').getByRole('link', { name: /#\d/ }).first().click();
  await page.waitForURL(/\/tickets\/\d+/);
  await page.getByRole('heading', { level: 1 }).waitFor();
  const text = 'Looked at it together on the phone: the cable is loose.';
  if (await page.getByText(text).first().isVisible()) return;
  await page.locator('body').press('n');
  await page.keyboard.type(text);
  await page.keyboard.press('Control+Enter');
  await page.getByText(text).first().waitFor();
}

async function palette(page) {
  await page.goto('/tickets');
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.keyboard.press('Control+k');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.type('as');
}

async function exportDialog(page) {
  await page.goto('/tickets');
  await page.getByRole('button', { name: 'Export tickets' }).first().click();
  await page.getByRole('dialog').getByRole('checkbox').first().waitFor();
}

mkdirSync(directory, { recursive: true });
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-dev-shm-usage'],
});
for (const { suffix, ...look } of looks) {
  for (const { as, shots: all } of screens) {
    const shots = all.filter(([name]) => wanted.test(`${name}-${suffix}`));
    if (shots.length === 0) continue;
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
      // Behind a dialog the page's heading is hidden from the accessibility tree.
      await page.locator('h1').first().waitFor();
      // The live stream never ends, so the network is never idle.
      await page.waitForTimeout(1500);
      if (!(await page.getByRole('dialog').count())) {
        await page.evaluate(() => document.activeElement?.blur());
      }
      writeFileSync(join(directory, `${name}-${suffix}.png`), await picture(page, context));
    }
    await context.close();
  }
}
await browser.close();

/** The page as a small picture. */
async function picture(page, context) {
  const shot = await page.screenshot();
  // The pixels are read in a page of its own, which has no rules against pictures in its address.
  const reader = await context.newPage();
  const { width, height, bytes } = await reader.evaluate(async (base64) => {
    const raw = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([raw], { type: 'image/png' }));
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
    canvas.drawImage(bitmap, 0, 0);
    const { data } = canvas.getImageData(0, 0, bitmap.width, bitmap.height);
    let text = '';
    for (let at = 0; at < data.length; at += 8192) {
      text += String.fromCharCode(...data.subarray(at, at + 8192));
    }
    return { width: bitmap.width, height: bitmap.height, bytes: btoa(text) };
  }, shot.toString('base64'));
  await reader.close();
  return smallPng(Buffer.from(bytes, 'base64'), width, height);
}

async function signIn(page, pair) {
  const [username, ...password] = pair.split(':');
  await page.goto('/sign-in');
  await page.getByLabel('User name or e-mail').fill(username);
  await page.getByRole('textbox', { name: 'Password' }).fill(password.join(':'));
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Dashboard' }).waitFor();
}
