import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { journeys, password, people } from './desk.ts';

/** Tabs until something of this name has the focus, as somebody without a mouse does. */
async function tabTo(page: Page, name: RegExp): Promise<void> {
  for (let step = 0; step < 80; step += 1) {
    await page.keyboard.press('Tab');
    const here = await page.evaluate(() => {
      const element = document.activeElement as HTMLElement | null;
      const label = (element as HTMLInputElement | null)?.labels?.[0]?.textContent;
      return element?.getAttribute('aria-label') ?? label ?? element?.textContent ?? '';
    });
    if (name.test(here)) return;
  }
  throw new Error(`Tab never reached ${name}`);
}

const heading = (page: Page, name: string) => page.getByRole('heading', { name }).waitFor();

journeys('without a mouse', (desk) => {
  it('works a ticket from sign-in to resolved', async () => {
    const { id } = await desk.ticket('Keyboard only');
    const page = await desk.open('/sign-in');
    await tabTo(page, /^User name or e-mail/);
    await page.keyboard.type(people.it_staff);
    await tabTo(page, /^Password/);
    await page.keyboard.type(password);
    await page.keyboard.press('Enter');
    await heading(page, 'Dashboard');

    await page.keyboard.press('/');
    await page.keyboard.type('Keyboard only');
    await page.keyboard.press('Enter');
    await heading(page, 'All tickets');
    await page.getByRole('link', { name: /Keyboard only/ }).waitFor();
    await page.keyboard.press('Escape');
    await page.evaluate(() => (document.activeElement as HTMLElement).blur());
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await heading(page, 'Keyboard only');
    // The heading has the focus, so that reading and tabbing start at the new page.
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('H1');

    await tabTo(page, /^Status/);
    // One letter: a slow machine would take the next ones for a new search in the list.
    await page.keyboard.press('R');
    await page.keyboard.press('Enter');
    await tabTo(page, /^Assign to me/);
    await page.keyboard.press('Enter');
    await page.getByText('took the ticket').waitFor();
    await page.evaluate(() => (document.activeElement as HTMLElement).blur());
    await page.keyboard.press('r');
    await page.keyboard.type('Done without a mouse');
    await page.keyboard.press('Control+Enter');
    await page.getByText('Done without a mouse', { exact: true }).waitFor();
    const stored = await desk.api<{ status: string }>('admin', 'GET', `/api/tickets/${id}`);
    expect(stored.status).toBe('resolved');
  });

  it('skips to the content and opens the list of keys', async () => {
    const page = await desk.openAs('employee');
    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.reload();
    await heading(page, 'Dashboard');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('main');
    await page.keyboard.press('c');
    await heading(page, 'New ticket');
  });

  it('leaves single keys alone when they are switched off', async () => {
    const page = await desk.openAs('employee', '/profile');
    await page.getByRole('switch').focus();
    await page.keyboard.press('Space');
    await page.evaluate(() => (document.activeElement as HTMLElement).blur());
    await page.keyboard.press('c');
    await page.waitForTimeout(300);
    expect(new URL(page.url()).pathname).toBe('/profile');
  });
});
