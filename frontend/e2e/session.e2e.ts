import { expect, it } from 'vitest';
import { journeys, people, signIn, written } from './desk.ts';

journeys('the session', (desk) => {
  it('survives a reload, and no token lies in storage', async () => {
    const page = await desk.openAs('employee', '/profile');
    await page.reload();
    await page.getByRole('heading', { name: 'Profile' }).waitFor();
    const stored = await page.evaluate(() =>
      JSON.stringify({ ...localStorage, ...sessionStorage }),
    );
    expect(stored).not.toMatch(/eyJ|fxd_|Bearer/);
  });

  it('is shared by tabs that reload at the same time', async () => {
    const first = await desk.openAs('employee', '/profile');
    const tabs = await Promise.all([1, 2, 3].map(() => first.context().newPage()));
    await Promise.all(tabs.map((tab) => tab.goto('/profile')));
    for (const tab of [...tabs, first]) {
      await tab.reload();
      await tab.getByRole('heading', { name: 'Profile' }).waitFor();
    }
  });

  it('survives a reload in the moment in which it is renewed', async () => {
    const page = await desk.openAs('employee', '/profile');
    const context = page.context();
    // The server renews, but its answer and the new cookie never arrive.
    let lost = 0;
    await page.route('**/api/auth/refresh', async (route) => {
      const cookies = await context.cookies();
      const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
      const headers = { ...route.request().headers(), cookie };
      const { status } = await fetch(`${desk.url}/api/auth/refresh`, { method: 'POST', headers });
      expect(status).toBe(200);
      lost += 1;
      await route.abort();
    });
    await page.reload();
    await expect.poll(() => lost).toBe(1);
    await page.unroute('**/api/auth/refresh');
    await page.reload();
    await page.getByRole('heading', { name: 'Profile' }).waitFor();
  });

  it('ends in all tabs at once', async () => {
    const first = await desk.openAs('employee', '/profile');
    const second = await first.context().newPage();
    await second.goto('/tickets');
    await second.getByRole('heading', { name: 'My tickets' }).waitFor();
    await first.getByRole('button', { name: 'Sign out' }).first().click();
    await first.getByRole('heading', { name: 'Sign in' }).waitFor();
    await second.getByRole('heading', { name: 'Sign in' }).waitFor();
  });

  it('leads back after sign-in to where one wanted to go', async () => {
    const page = await desk.open('/tickets?status=open,closed');
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await signIn(page, people.employee);
    await page.getByRole('heading', { name: 'My tickets' }).waitFor();
    expect(page.url()).toContain('status=open,closed');
  });

  it('keeps the page and says so when the network is gone, and recovers', async () => {
    const page = await desk.openAs('employee', '/tickets');
    const { id } = await desk.ticket('While offline');
    await page.goto(`/tickets/${id}`);
    await page.getByRole('heading', { name: 'While offline' }).waitFor();
    await page.context().setOffline(true);
    await page.getByText('Offline: this may be out of date').waitFor();
    await page.getByRole('textbox', { name: 'Comment' }).fill('Written in a tunnel');
    await page.getByRole('button', { name: 'Send comment' }).click();
    await page.getByText('Waits to be sent: Reply').waitFor();
    await page.context().setOffline(false);
    await page.getByText('Waits to be sent: Reply').waitFor({ state: 'detached' });
    await page.getByText('Written in a tunnel', { exact: true }).waitFor();
    expect(await written(page.getByRole('textbox', { name: 'Comment' }))).toBe('');
  });

  it('moves between pages without a network, and says what is missing', async () => {
    const page = await desk.openAs('employee', '/');
    // The code of the other pages arrives a moment after the first one.
    await page.waitForTimeout(3500);
    await page.waitForTimeout(1500); // the stream never ends, so the network is never idle
    await page.context().setOffline(true);
    await page.getByRole('link', { name: 'My tickets', exact: true }).click();
    await page.getByRole('heading', { name: 'My tickets', level: 1 }).waitFor();
    await page.getByText('You are offline').waitFor();
    await page.context().setOffline(false);
    await page.getByText('You are offline').waitFor({ state: 'detached' });
  });
});
