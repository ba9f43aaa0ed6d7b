import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { journeys, password, people } from './desk.ts';
import { cut, hostileTexts, Trap } from './trap.ts';

const minutes = 60_000;
/** So many texts are in the conversation of one ticket. */
const perTicket = 8;

/** Does something for each, four at a time: the server works, and is not stormed. */
async function each<T>(list: readonly T[], work: (one: T, at: number) => Promise<void>) {
  const left = list.map((one, at) => [one, at] as const).reverse();
  const run = async () => {
    for (let next = left.pop(); next; next = left.pop()) await work(...next);
  };
  await Promise.all([run(), run(), run(), run()]);
}

journeys('Hostile texts', (desk) => {
  const texts = hostileTexts();
  const ids: number[] = [];
  let looking = 0;
  const group = (at: number) => ids[at - (at % perTicket)] ?? 0;

  async function watched(role: keyof typeof people, path: string): Promise<[Page, Trap]> {
    const page = await desk.open('/sign-in');
    const trap = new Trap(desk.url);
    await trap.set(page.context());
    await page.goto(`/sign-in?next=${encodeURIComponent(path)}`);
    await page.getByLabel('User name or e-mail').fill(people[role]);
    await page.getByRole('textbox', { name: 'Password' }).fill(password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('navigation', { name: 'Main' }).first().waitFor();
    return [page, trap];
  }

  /** Within the app, as its links do. */
  async function go(page: Page, path: string, ready: string): Promise<void> {
    await page.evaluate((to) => history.pushState({}, '', to), path);
    await page.locator(ready).first().waitFor();
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done))));
  }

  /** Somebody of this name opens a ticket. */
  async function lookOn(name: string, ticket: number): Promise<void> {
    const username = `looker.${looking++}`;
    const account = { username, email: `${username}@example.org`, full_name: name, password };
    await desk.api('admin', 'POST', '/api/users', { ...account, role: 'it_staff' });
    const headers: Record<string, string> = { 'Content-Type': 'application/json' };
    const post = (path: string, body: unknown) =>
      fetch(desk.url + path, { method: 'POST', headers, body: JSON.stringify(body) });
    const session = await (await post('/api/auth/login', { username, password })).json();
    headers.Authorization = `Bearer ${(session as { access_token: string }).access_token}`;
    const answer = await post('/api/presence', { client_id: username, ticket_id: ticket });
    expect(answer.ok).toBe(true);
  }

  it(
    'are told from harmless ones by the trap',
    async () => {
      const page = await desk.open('/');
      const trap = new Trap(desk.url);
      await trap.set(page.context());
      // What would happen without any of the guards: the texts as a page of their own.
      const markup = texts.filter(({ name }) =>
        /^(?:event handler|SVG|document|embedding) /.test(name),
      );
      let served = '';
      await page
        .context()
        .route('**/served', (route) => route.fulfill({ contentType: 'text/html', body: served }));
      for (const { text } of markup.filter((_, at) => at % 3 === 0)) {
        served = `<!doctype html><body>${text}`;
        await page.goto('/served', { timeout: 3000 }).catch(() => {});
      }
      served = '<!doctype html><body><img src=x onerror=fdTrap()><div onclick=x>x</div>';
      await page.goto('/served');
      await trap.look(page);
      const executed = trap.caught.filter((what) => what.startsWith('executed'));
      expect(executed.length).toBeGreaterThan(10);
      expect(trap.caught.some((what) => what.startsWith('asks https://trap.example'))).toBe(true);
      expect(trap.caught.some((what) => what.startsWith('onclick in'))).toBe(true);
      await page.goto('/sign-in');
      await page.evaluate(() => {
        document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=fdTrap()>');
      });
      await expect.poll(() => trap.caught.some((what) => what.includes('script-src'))).toBe(true);
      desk.complaints.length = 0;
    },
    2 * minutes,
  );

  it(
    'are stored as they are',
    async () => {
      expect(texts.length).toBeGreaterThanOrEqual(200);
      await each(texts, async ({ text }, at) => {
        const title = { title: cut(text, 200), description: text };
        const ticket = await desk
          .api<{ id: number }>('admin', 'POST', '/api/tickets', title)
          .catch(() => desk.ticket(`(${cut(text, 190).replaceAll('\0', '')})`));
        ids[at] = ticket.id;
      });
      await each(texts, async ({ text }, at) => {
        // Blank ones are refused; that they are is not what this is about.
        const say = (path: string) =>
          desk.api('admin', 'POST', `/api/tickets/${group(at)}/${path}`, { content: `${text}\n` });
        await say('add_comment').catch(refused);
        await say('notes').catch(refused);
        const account = {
          username: `guest.${at}`,
          email: `guest.${at}@example.org`,
          full_name: cut(text.replace(/\s+/g, ' '), 300),
          role: 'it_staff',
        };
        const user = await desk
          .api<{ id: number }>('admin', 'POST', '/api/users', account)
          .catch(refused);
        if (!user) return;
        await desk.api('admin', 'POST', `/api/tickets/${ids[at]}/assign`, { user_id: user.id });
      });
    },
    4 * minutes,
  );

  it(
    'do nothing in any ticket',
    async () => {
      const [page, trap] = await watched('admin', '/tickets');
      for (const [at, text] of texts.entries()) {
        await go(page, `/tickets/${ids[at]}`, `h1[data-ticket="${ids[at]}"]`);
        if (at % perTicket === 0) {
          await page.getByText('Internal note', { exact: true }).first().waitFor();
          // Folded quotes, too.
          await page.evaluate(() => {
            for (const fold of document.querySelectorAll('details')) fold.open = true;
          });
        }
        await trap.look(page);
        expect(trap.caught, text.name).toEqual([]);
      }
    },
    8 * minutes,
  );

  it(
    'do nothing in lists, the palette, pickers, people, presence and the dashboard',
    async () => {
      const [page, trap] = await watched('admin', '/tickets');
      await page.locator('a[href^="/tickets/"]').first().waitFor();
      await scrollThrough(page, trap);
      await go(page, '/', 'h1');
      await trap.look(page);
      await go(page, '/users', 'a[href^="/users/"]:not([href$="/new"])');
      await scrollThrough(page, trap);
      await go(page, `/tickets/${ids[0]}`, `h1[data-ticket="${ids[0]}"]`);
      for (const wanted of ['<', 'script', 'javascript', '\u202e', 'x']) {
        await page.keyboard.press('Control+k');
        await page.getByRole('dialog').locator('input').fill(wanted);
        await page.waitForTimeout(400);
        await trap.look(page);
        await page.keyboard.press('Escape');
        await page.getByRole('dialog').waitFor({ state: 'detached' });
      }
      await page.keyboard.press('a');
      await page.getByRole('dialog').waitFor();
      await trap.look(page);
      await page.keyboard.press('Escape');
      const { id } = await desk.ticket('Who looks here');
      await go(page, `/tickets/${id}`, `h1[data-ticket="${id}"]`);
      for (const name of ['<img src=x onerror=fdTrap()>', '<svg onload=fdTrap()>']) {
        await lookOn(name, id);
        await page.getByText(`${name} is looking`).waitFor();
        await trap.look(page);
      }
      await page.getByRole('tab', { name: 'Internal note' }).click();
      await page.keyboard.type('@guest');
      await page.getByRole('listbox', { name: 'People to mention' }).waitFor();
      await trap.look(page);
      expect(trap.caught).toEqual([]);
    },
    4 * minutes,
  );

  it('stay within their own width and direction', async () => {
    const word = await desk.api<{ id: number }>('admin', 'POST', '/api/tickets', {
      title: 'W'.repeat(200),
      description: 'x'.repeat(10_000),
    });
    const turned = await desk.api<{ id: number }>('admin', 'POST', '/api/tickets', {
      title: '\u202eexe.gnp \u2067',
      description: 'first\u202e\n\nsecond',
    });
    for (const width of [360, 1280]) {
      const page = await desk.openAs('admin', `/tickets/${word.id}`, { width });
      await page.locator(`h1[data-ticket="${word.id}"]`).waitFor();
      const tooWide = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(tooWide, `at ${width} px`).toBeLessThanOrEqual(0);
    }
    const page = await desk.openAs('admin', `/tickets/${turned.id}`);
    const head = page.locator(`h1[data-ticket="${turned.id}"]`);
    await head.waitFor();
    expect(await head.locator('span').evaluate((e) => getComputedStyle(e).unicodeBidi)).toMatch(
      /isolate|plaintext/,
    );
    expect(await page.title()).not.toContain('\u202e');
  });
});

/** What the server refuses is inert, too; anything else is a mistake. */
function refused(error: Error): null {
  if (!/: 4\d\d /.test(error.message)) throw error;
  return null;
}

/** Sees each row of a long list once. */
async function scrollThrough(page: Page, trap: Trap): Promise<void> {
  for (let step = 0; step < 200; step += 1) {
    await trap.look(page);
    const more = await page.evaluate(() => {
      const row = document.querySelector(
        'main :is(a[href^="/tickets/"],a[href^="/users/"]):not([href$="/new"])',
      );
      let box = row?.parentElement ?? null;
      while (box && box.scrollHeight <= box.clientHeight + 1) box = box.parentElement;
      if (!box) return false;
      const before = box.scrollTop;
      box.scrollTop += box.clientHeight;
      return box.scrollTop > before;
    });
    await page.waitForTimeout(150);
    if (!more) return;
  }
}
