import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import {
  type Browser,
  type BrowserContext,
  chromium,
  type Locator,
  type Page,
} from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject } from 'vitest';
import { sendMail } from './smtp.ts';
import {
  createPeople,
  type DeskInfo,
  helpAddress,
  password,
  people,
  type Server,
  startServer,
} from './start-desk.ts';

export { password, people };
export type Role = keyof typeof people;

const axeSource = readFileSync(
  createRequire(import.meta.url).resolve('axe-core/axe.min.js'),
  'utf8',
);

/** How long the app may take to show something. */
const patience = 15_000;

interface OpenOptions {
  dark?: boolean;
  width?: number;
  height?: number;
  /** The language that the browser asks for. */
  locale?: string;
  /** Whether newcomers are shown around. */
  tour?: boolean;
  /** The language of the app; `en-XB` is the pseudo-locale, from right to left. */
  language?: string;
}

/** A desk in a test: pages of a real browser, and shortcuts through the API. */
export class Desk {
  private browser: Browser | undefined;
  private contexts: BrowserContext[] = [];
  private tokens = new Map<string, Promise<string>>();
  /** What the browser complained about since the test began. */
  readonly complaints: string[] = [];

  private info: DeskInfo;
  /** A server of its own, once the journeys' common one is given up. */
  private own: Server | undefined;

  constructor(info: DeskInfo) {
    this.info = info;
  }

  get url(): string {
    return this.info.url;
  }

  async start(): Promise<void> {
    this.browser = await chromium.launch({
      executablePath: this.info.chromium,
      // Containers and CI run as root, where the sandbox does not work.
      args: ['--no-sandbox', '--disable-dev-shm-usage'],
    });
  }

  async stop(): Promise<void> {
    await this.browser?.close();
    await this.own?.stop();
  }

  /** Leaves the common server, and what was left behind there, for a new and empty one. */
  async startAfresh(): Promise<void> {
    await this.own?.stop();
    this.own = await startServer();
    createPeople(this.own);
    this.info = { ...this.info, url: this.own.url, smtp: this.own.smtp, log: this.own.log };
    this.forgetSessions();
  }

  /** Signs in anew for what comes: sessions end when a clock goes far forward. */
  forgetSessions(): void {
    this.tokens.clear();
  }

  /** Closes the windows of the last test. */
  async tidy(): Promise<void> {
    await Promise.all(this.contexts.map((context) => context.close()));
    this.contexts = [];
    this.complaints.length = 0;
  }

  /** A fresh browser window in which nobody is signed in. */
  async open(path = '/', options: OpenOptions = {}): Promise<Page> {
    if (!this.browser) throw new Error('the browser is not running');
    const context = await this.browser.newContext({
      baseURL: this.url,
      locale: options.locale ?? 'en-GB',
      colorScheme: options.dark ? 'dark' : 'light',
      reducedMotion: 'reduce',
      viewport: { width: options.width ?? 1280, height: options.height ?? 800 },
    });
    this.contexts.push(context);
    context.setDefaultTimeout(patience);
    // The tour of newcomers has a journey of its own.
    if (!options.tour) {
      await context.addInitScript(() => localStorage.setItem('fixdesk.tour', 'off'));
    }
    const { language } = options;
    if (language) {
      await context.addInitScript(
        (chosen) => localStorage.setItem('fixdesk.language', chosen),
        language,
      );
    }
    const page = await context.newPage();
    page.on('pageerror', (error) => this.complaints.push(error.message));
    page.on('console', (message) => {
      if (/Content Security Policy/.test(message.text())) this.complaints.push(message.text());
    });
    await page.goto(path);
    return page;
  }

  /** A window in which somebody is signed in through the form. */
  async openAs(role: Role, path = '/', options: OpenOptions = {}): Promise<Page> {
    const page = await this.open(`/sign-in?next=${encodeURIComponent(path)}`, options);
    await signIn(page, people[role]);
    await page.getByRole('navigation', { name: 'Main' }).first().waitFor();
    await page.getByRole('heading', { level: 1 }).waitFor();
    return page;
  }

  /** Calls the API as somebody, for what a journey needs but is not about. */
  async api<T>(role: Role, method: string, path: string, body?: unknown): Promise<T> {
    const username = people[role];
    let token = this.tokens.get(username);
    if (!token) {
      token = this.post('/api/auth/login', { username, password }).then(
        (session) => (session as { access_token: string }).access_token,
      );
      this.tokens.set(username, token);
    }
    return (await this.post(path, body, method, await token)) as T;
  }

  private async post(path: string, body: unknown, method = 'POST', token?: string) {
    const response = await fetch(this.url + path, {
      method,
      headers: {
        'Content-Type': 'application/json',
        ...(token ? { Authorization: `Bearer ${token}` } : {}),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    if (!response.ok) {
      throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    }
    return response.status === 204 ? undefined : response.json();
  }

  /** A ticket that an employee has just reported. */
  ticket(title: string): Promise<{ id: number }> {
    return this.api('employee', 'POST', '/api/tickets', {
      title,
      description: 'It does not work.',
    });
  }

  /** A message that comes by mail; answers with it, once it was decided about. */
  async mailIn(from: string, lines: string[]): Promise<{ id: number; ticket_id: number | null }> {
    const id = `${crypto.randomUUID()}@e2e.example`;
    const raw = [`From: ${from}`, `Message-ID: <${id}>`, ...lines].join('\r\n');
    const address = /<(.+)>/.exec(from)?.[1] ?? from;
    await sendMail(this.info.smtp, address, helpAddress, raw);
    for (const deadline = Date.now() + patience; Date.now() < deadline; ) {
      const all = await this.api<{
        results: { id: number; ticket_id: number | null; message_id: string; state: string }[];
      }>('admin', 'GET', '/api/mail_messages?page_size=100');
      const found = all.results.find((message) => message.message_id === id);
      if (found && found.state !== 'received') return found;
      await new Promise((done) => setTimeout(done, 100));
    }
    throw new Error('the message was not handled');
  }

  /** Waits until the server has a ticket like this. */
  async until(id: number, like: Record<string, unknown>): Promise<void> {
    await expect
      .poll(() => this.api('admin', 'GET', `/api/tickets/${id}`), { timeout: patience })
      .toMatchObject(like);
  }

  /** The link of a mail: without SMTP, the server writes mails into its log. */
  async mailedLink(to: string, path: string): Promise<string> {
    const link = new RegExp(`https?://[^\\s"\\\\]+${path}\\?[\\w.~%=&-]+`);
    const deadline = Date.now() + patience;
    while (Date.now() < deadline) {
      const lines = readFileSync(this.info.log, 'utf8').split('\n').reverse();
      const found = lines.find((line) => line.includes(to) && link.test(line))?.match(link);
      if (found) return found[0].slice(this.url.length);
      await new Promise((done) => setTimeout(done, 100));
    }
    throw new Error(`no mail to ${to} with a link to ${path} in the log`);
  }
}

/** Fills the sign-in form that is on the page. */
export async function signIn(page: Page, username: string, secret = password): Promise<void> {
  await page.getByLabel('User name or e-mail').fill(username);
  await page.getByRole('textbox', { name: 'Password' }).fill(secret);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

/** Waits until the page says something in its status line. */
export async function said(page: Page, text: string | RegExp): Promise<void> {
  await page.getByRole('banner').getByRole('status').getByText(text).waitFor();
}

/** What is in a box that one writes in, whether it is formatted or Markdown. */
export async function written(box: Locator): Promise<string> {
  return box.evaluate((field) =>
    field instanceof HTMLTextAreaElement ? field.value : (field as HTMLElement).innerText.trim(),
  );
}

/**
 * Fails with the rules that the page breaks. The window is made as tall as the
 * page meanwhile: axe does not know that one can scroll what a bar covers.
 */
export async function expectAccessible(page: Page, look = ''): Promise<void> {
  const size = page.viewportSize();
  if (size) {
    const height = await page.evaluate(() => document.documentElement.scrollHeight);
    await page.setViewportSize({ ...size, height: Math.max(size.height, height) });
  }
  await page.evaluate(axeSource);
  const broken = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: typeof import('axe-core') };
    const result = await axe.run(document);
    return result.violations.map((rule) => {
      const where = rule.nodes.map((node) => node.target.join(' ')).join(', ');
      return `${rule.id}: ${rule.help} (${where})`;
    });
  });
  if (size) await page.setViewportSize(size);
  expect(broken, `axe on ${page.url()} ${look}`).toEqual([]);
}

/** Fails when the page is wider than its window. */
export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const wide = await page.evaluate(() => {
    const limit = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= limit) return [];
    return [...document.querySelectorAll('body *')]
      .filter((element) => element.getBoundingClientRect().right > limit + 1)
      .slice(0, 5)
      .map((element) => `${element.tagName}.${element.className}`);
  });
  expect(wide, `too wide on ${page.url()}`).toEqual([]);
}

/** A group of journeys with a browser; skipped, with a word, where there is none. */
export function journeys(name: string, define: (desk: Desk) => void): void {
  const info = inject('desk');
  describe.skipIf(!info)(name, () => {
    const desk = new Desk(info ?? { url: '', smtp: 0, log: '', chromium: '' });
    beforeAll(() => desk.start());
    afterAll(() => desk.stop());
    // What a failed try left behind may be what the next one fails of.
    beforeEach(async ({ task }) => {
      if ((task.result?.retryCount ?? 0) > 1) await desk.startAfresh();
    });
    afterEach(async () => {
      const complaints = [...desk.complaints];
      await desk.tidy();
      expect(complaints, 'errors in the browser').toEqual([]);
    });
    define(desk);
  });
}
