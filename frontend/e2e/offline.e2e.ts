import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { expectAccessible, journeys, written } from './desk.ts';

/** Waits until the code of the app is kept in the browser, so that a reload needs no network. */
async function installed(page: Page): Promise<void> {
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => null));
}

interface Detail {
  status: string;
  priority: string;
  title: string;
  comments: { content: string; is_system_message: boolean }[];
}

journeys('Offline', (desk) => {
  const comments = async (id: number) =>
    (await desk.api<Detail>('admin', 'GET', `/api/tickets/${id}`)).comments.filter(
      (one) => !one.is_system_message,
    );

  it('writes without a network, over a reload, and sends each thing once', async () => {
    const { id } = await desk.ticket('In a tunnel');
    const page = await desk.openAs('it_staff', `/tickets/${id}`);
    await page.getByRole('textbox', { name: 'Reply' }).waitFor();
    await installed(page);
    await page.waitForTimeout(1500); // what was read is written down a moment later
    await page.context().setOffline(true);
    const banner = page.getByRole('banner');
    await banner.getByText('Offline: this may be out of date').waitFor();

    await page.getByRole('textbox', { name: 'Reply' }).fill('Written in a tunnel');
    await page.getByRole('button', { name: 'Send reply' }).click();
    await page.getByText('Waits to be sent: Reply').waitFor();
    expect(await written(page.getByRole('textbox', { name: 'Reply' }))).toBe('');
    await page.getByRole('heading', { name: 'In a tunnel' }).click();
    await page.keyboard.press('s');
    await page.getByRole('option', { name: 'In progress', exact: true }).click();
    await banner.getByText('Offline: 2 changes wait to be sent').waitFor();

    // The app opens again without a network, and shows what was read and what waits.
    await page.reload();
    await page.getByRole('heading', { name: 'In a tunnel' }).waitFor();
    await page.getByText('Written in a tunnel').waitFor();
    await banner.getByText('Offline: 2 changes wait to be sent').click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Status: In progress').waitFor();
    await expectAccessible(page);
    await page.keyboard.press('Escape');
    await page.goto('/tickets');
    await page.getByText('In a tunnel').first().waitFor();
    expect(await comments(id)).toEqual([]);

    await page.context().setOffline(false);
    await desk.until(id, { status: 'in_progress' });
    await banner.getByText('to be sent').waitFor({ state: 'detached' });
    await expect.poll(async () => (await comments(id)).length, { timeout: 20_000 }).toBe(1);
    await page.reload();
    expect((await comments(id)).map((one) => one.content)).toEqual(['Written in a tunnel']);
  });

  it('takes a write out of the queue, and shows both versions of a conflict', async () => {
    const { id } = await desk.ticket('Meanwhile');
    const page = await desk.openAs('it_staff', `/tickets/${id}`);
    await page.getByRole('textbox', { name: 'Reply' }).waitFor();
    await page.waitForTimeout(1500);
    await page.context().setOffline(true);
    await page.getByText('Offline: this may be out of date').waitFor();
    await page.getByRole('textbox', { name: 'Reply' }).fill('Never mind');
    await page.getByRole('button', { name: 'Send reply' }).click();
    await page.getByRole('button', { name: 'Do not send' }).click();
    await page.getByText('Waits to be sent: Reply').waitFor({ state: 'detached' });

    await page.getByRole('button', { name: 'Edit ticket' }).click();
    await page.getByLabel('Title').fill('My title');
    await page.getByRole('button', { name: 'Save ticket' }).click();
    await page.getByText('Waits to be sent: Change of the ticket').waitFor();
    // Somebody else is faster.
    await desk.api('admin', 'PATCH', `/api/tickets/${id}`, { title: 'Their title' });
    await page.context().setOffline(false);
    await page.getByRole('banner').getByText('1 change was not accepted').click();
    const dialog = page.getByRole('dialog');
    await dialog
      .getByRole('region', { name: 'On the server now' })
      .getByText('Their title')
      .waitFor();
    await dialog.getByRole('region', { name: 'Your change' }).getByText('My title').waitFor();
    await expectAccessible(page);
    await dialog.getByRole('button', { name: 'Replace it with mine' }).click();
    await desk.until(id, { title: 'My title' });
    expect(await comments(id)).toEqual([]);
  });

  it('lets a change through that is beside the one of somebody else', async () => {
    const { id } = await desk.ticket('Beside');
    const page = await desk.openAs('it_staff', `/tickets/${id}`);
    await page.getByRole('textbox', { name: 'Reply' }).waitFor();
    await page.waitForTimeout(1500);
    await page.context().setOffline(true);
    await page.getByText('Offline: this may be out of date').waitFor();
    await page.getByRole('heading', { name: 'Beside' }).click();
    await page.keyboard.press('p');
    await page.getByRole('option', { name: /Urgent/ }).click();
    await page.getByText('Waits to be sent: Change of the ticket').waitFor();
    await desk.api('admin', 'PATCH', `/api/tickets/${id}`, { title: 'Another title' });
    await page.context().setOffline(false);
    await desk.until(id, { title: 'Another title', priority: 'urgent' });
    await page.getByRole('heading', { name: 'Another title' }).waitFor();
  });

  it('is installable, and caches nothing of the API', async () => {
    const page = await desk.openAs('employee', '/');
    await installed(page);
    const href = await page.locator('link[rel="manifest"]').getAttribute('href');
    const response = await fetch(new URL(href ?? '', desk.url));
    expect(response.headers.get('Content-Type')).toBe('application/manifest+json');
    const manifest = (await response.json()) as {
      display: string;
      icons: { src: string; sizes: string; purpose?: string }[];
    };
    expect(manifest.display).toBe('standalone');
    expect(manifest.icons.map((icon) => icon.sizes)).toContain('512x512');
    expect(manifest.icons.some((icon) => icon.purpose === 'maskable')).toBe(true);
    // What the browser itself misses before it offers to install the app.
    const browser = await page.context().newCDPSession(page);
    const { installabilityErrors } = await browser.send('Page.getInstallabilityErrors');
    // A private window, as each one here, never offers it.
    const misses = installabilityErrors.map((error) => error.errorId);
    expect(misses.filter((error) => error !== 'in-incognito')).toEqual([]);
    for (const { src } of manifest.icons) {
      expect((await fetch(new URL(src, desk.url))).ok, src).toBe(true);
    }
    const worker = await fetch(`${desk.url}/sw.js`);
    expect(worker.headers.get('Cache-Control')).toBe('no-cache');
    await page.getByRole('link', { name: 'My tickets', exact: true }).click();
    await page.getByRole('heading', { name: 'My tickets', level: 1 }).waitFor();
    const cached = await page.evaluate(async () => {
      const urls: string[] = [];
      for (const name of await caches.keys()) {
        for (const request of await (await caches.open(name)).keys()) urls.push(request.url);
      }
      return urls;
    });
    expect(cached.some((url) => url.includes('index.html'))).toBe(true);
    expect(cached.filter((url) => new URL(url).pathname.startsWith('/api'))).toEqual([]);
  });

  it('keeps nothing of somebody who signed out', async () => {
    const page = await desk.openAs('it_staff', '/tickets');
    await page.waitForTimeout(1500);
    const kept = () =>
      page.evaluate(
        () =>
          new Promise<number>((done) => {
            const open = indexedDB.open('fixdesk');
            open.onsuccess = () => {
              const count = open.result.transaction('answers').objectStore('answers').count();
              count.onsuccess = () => {
                open.result.close();
                done(count.result);
              };
            };
          }),
      );
    expect(await kept()).toBeGreaterThan(0);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await expect.poll(kept).toBe(0);
  });
});
