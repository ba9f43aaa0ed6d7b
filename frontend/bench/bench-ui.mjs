// Measures what a person feels, in a real browser, on a desk of many tickets:
// from a key to what it paints, scrolling, and Lighthouse. Prints Markdown.
//
//   FIXDESK_BENCH_TICKETS  how many tickets the desk has (100000)
//   FIXDESK_BENCH_ROUNDS   how often each key is pressed (40)
//   FIXDESK_BENCH_ONLY     "keys", "scroll" or "lighthouse"; empty for all
//   FIXDESK_BENCH_DATA     a folder that keeps the desk for the next run; empty for a temporary one
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { chromium } from 'playwright-core';
import { measureKeys } from './keys.mjs';
import { measureLighthouse } from './lighthouse.mjs';
import { measureScroll } from './scroll.mjs';
import { throttle } from './throttle.mjs';

const tickets = Number(process.env.FIXDESK_BENCH_TICKETS ?? 100_000);
const rounds = Number(process.env.FIXDESK_BENCH_ROUNDS ?? 40);
const only = process.env.FIXDESK_BENCH_ONLY ?? '';
const binary = resolve(process.env.FIXDESK_BIN ?? '../../bin/fixdesk');
const executablePath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
for (const file of [binary, executablePath]) {
  if (!existsSync(file)) {
    console.error(`There is no ${file}. Build the desk with "make build", install a Chromium.`);
    process.exit(2);
  }
}

const kept = process.env.FIXDESK_BENCH_DATA;
const dir = kept ? resolve(kept) : mkdtempSync(join(tmpdir(), 'fixdesk-bench-ui-'));
mkdirSync(dir, { recursive: true });
const port = await freePort();
const debugging = await freePort();
const url = `http://127.0.0.1:${port}`;
const env = {
  ...process.env,
  FIXDESK_DATABASE: `sqlite:${dir}/f.db`,
  FIXDESK_DATA_DIR: dir,
  FIXDESK_LISTEN: `127.0.0.1:${port}`,
  FIXDESK_PUBLIC_URL: url,
  FIXDESK_RATE_LIMIT: 'off',
  FIXDESK_LOG_LEVEL: 'warn',
};
let server;
let context;
try {
  console.error(`A desk of ${tickets} tickets…`);
  execFileSync(binary, ['demo', '--if-empty', '--tickets', String(tickets), '--seed', '1'], {
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  server = spawn(binary, ['serve'], { env, stdio: ['ignore', 'inherit', 'inherit'] });
  await untilReady();
  context = await chromium.launchPersistentContext(join(dir, `browser-${port}`), {
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-dev-shm-usage',
      '--disable-background-networking',
      `--remote-debugging-port=${debugging}`,
    ],
    baseURL: url,
    locale: 'en-GB',
    viewport: { width: 1440, height: 900 },
  });
  context.setDefaultTimeout(30_000);
  await context.addInitScript(() => localStorage.setItem('fixdesk.tour', 'off'));
  const accounts = JSON.parse(readFileSync(join(dir, 'demo-accounts.json'), 'utf8'));
  const account = (role) => accounts.find((one) => one.role === role);
  const power = await throttle(context);
  console.log(
    `\nChromium ${context.browser()?.version() ?? ''}, production build, ${tickets.toLocaleString('en')} tickets on SQLite. ` +
      `Benchmark index of this machine: ${power.index}; slowed down ${power.rate} times, ` +
      `to that of a laptop of the middle class (${power.target}).\n`,
  );
  if (!only || only === 'keys') {
    const page = await signIn(account('it_staff'));
    await power.slow(page);
    await measureKeys(page, rounds);
    await leave(page);
  }
  if (!only || only === 'scroll') {
    const page = await signIn(account('admin'));
    await power.slow(page);
    await measureScroll(page, 10_000);
    await leave(page);
  }
  if (!only || only === 'lighthouse') {
    const page = await signIn(account('it_staff'));
    await page.goto('about:blank');
    await measureLighthouse(url, debugging, context);
  }
} finally {
  await context?.close();
  server?.kill('SIGTERM');
  if (!kept) rmSync(dir, { recursive: true, force: true });
}

async function signIn({ username, password }) {
  await context.clearCookies();
  const page = await context.newPage();
  await page.goto('/sign-in');
  await page.getByLabel('User name or e-mail').fill(username);
  await page.getByRole('textbox', { name: 'Password' }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('navigation', { name: 'Main' }).first().waitFor();
  return page;
}

/** Ends the session, so that the next one begins in a fresh window. */
async function leave(page) {
  await page.close();
  await context.clearCookies();
}

async function untilReady() {
  const deadline = Date.now() + 60_000;
  while (Date.now() < deadline && server.exitCode === null) {
    const alive = await fetch(`${url}/readyz`).then(
      (answer) => answer.ok,
      () => false,
    );
    if (alive) return;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error('The desk did not start.');
}

function freePort() {
  return new Promise((found, failed) => {
    const probe = createServer();
    probe.once('error', failed);
    probe.listen(0, '127.0.0.1', () => {
      const { port: free } = probe.address();
      probe.close(() => found(free));
    });
  });
}
