import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { journeys } from './desk.ts';

interface Shown {
  title: string;
  body: string;
  tag: string;
  onclick: (() => void) | null;
}
declare global {
  var shown: Shown[];
  var asked: number;
  var visible: string;
}

/** A browser whose notifications can be counted and clicked, and that can be hidden. */
async function stubbed(page: Page): Promise<void> {
  await page.context().addInitScript(() => {
    globalThis.shown = [];
    globalThis.asked = 0;
    globalThis.visible = 'visible';
    class Stub {
      static permission = localStorage.getItem('granted') ?? 'default';
      static requestPermission() {
        globalThis.asked += 1;
        Stub.permission = 'granted';
        localStorage.setItem('granted', 'granted');
        return Promise.resolve('granted');
      }
      onclick: (() => void) | null = null;
      title: string;
      body: string;
      tag: string;
      constructor(title: string, options: { body: string; tag: string }) {
        this.title = title;
        this.body = options.body;
        this.tag = options.tag;
        globalThis.shown.push(this);
      }
      close() {}
    }
    Object.assign(globalThis, { Notification: Stub });
    Object.defineProperty(document, 'visibilityState', { get: () => globalThis.visible });
  });
  await page.reload();
}

const look = (page: Page, visible: string) =>
  page.evaluate((state) => {
    globalThis.visible = state;
    document.dispatchEvent(new Event('visibilitychange'));
  }, visible);
const titles = (page: Page) =>
  page.evaluate(() => globalThis.shown.map(({ title, body }) => `${title}: ${body}`));

journeys('Notifications of the browser', (desk) => {
  it('come with consent, once over all tabs, and open the ticket', async () => {
    const { id } = await desk.ticket('Tell me');
    const { id: other } = await desk.ticket('Not mine');
    const page = await desk.openAs('it_staff', '/profile');
    await stubbed(page);
    await page.getByRole('heading', { name: 'Profile' }).waitFor();
    expect(await page.evaluate(() => globalThis.asked)).toBe(0);
    await page.getByRole('switch', { name: 'Notifications of this browser' }).click();
    await expect.poll(() => page.evaluate(() => globalThis.asked)).toBe(1);
    const second = await page.context().newPage();
    await second.goto('/');
    await second.getByRole('heading', { level: 1 }).waitFor();
    await second.waitForTimeout(1000);
    for (const tab of [page, second]) await look(tab, 'hidden');

    const me = await desk.api<{ id: number }>('it_staff', 'GET', '/api/auth/me');
    await desk.api('admin', 'POST', `/api/tickets/${id}/assign`, { user_id: me.id });
    await desk.api('admin', 'POST', `/api/tickets/${other}/add_comment`, { content: 'x' });
    const all = async () => [...(await titles(page)), ...(await titles(second))];
    await expect.poll(all).toEqual([`A ticket was assigned to you: #${id} Tell me`]);
    await desk.api('employee', 'POST', `/api/tickets/${id}/add_comment`, { content: 'Thanks' });
    await expect.poll(all).toContain(`There is a new answer: #${id} Tell me`);
    // One's own acts are no news.
    await desk.api('it_staff', 'POST', `/api/tickets/${id}/add_comment`, { content: 'Welcome' });
    await page.waitForTimeout(1500);
    expect(await all()).toHaveLength(2);

    const clicked = (await titles(page)).length > 0 ? page : second;
    await clicked.evaluate(() => globalThis.shown[0]?.onclick?.());
    await clicked.getByRole('heading', { name: 'Tell me' }).waitFor();

    // Nothing while somebody looks at a tab, and nothing when it is switched off.
    await look(second, 'visible');
    await desk.api('employee', 'POST', `/api/tickets/${id}/add_comment`, { content: 'Again' });
    await page.waitForTimeout(1500);
    expect(await all()).toHaveLength(2);
  });
});
