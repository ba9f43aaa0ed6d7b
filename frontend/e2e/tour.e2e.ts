import { expect, it } from 'vitest';
import { expectAccessible, expectNoSidewaysScroll, journeys } from './desk.ts';

journeys('The tour', (desk) => {
  it('marks what it speaks of where one sees it, also at the end of a long menu', async () => {
    const page = await desk.openAs('admin', '/', { tour: true, height: 620 });
    await page.getByRole('button', { name: 'Show me around' }).click();
    const next = page.getByRole('dialog').getByRole('button', { name: 'Next' });
    for (let step = 1; step < 7; step += 1) await next.click();
    const profile = page.locator('[data-tour-current]').getByRole('link').first();
    const box = await profile.boundingBox();
    expect(box?.y).toBeLessThan(620 - (box?.height ?? 0));
    expect(await page.evaluate(() => scrollY)).toBe(0);
    await page.getByRole('dialog').getByRole('button', { name: 'Done' }).click();
    await desk.api('admin', 'PATCH', '/api/auth/me', { tour_done: false });
  });

  it('shows each person around once, by keyboard, and can be skipped and started again', async () => {
    const page = await desk.openAs('it_staff', '/', { tour: true });
    await page.getByRole('region', { name: 'Welcome to Fixdesk' }).waitFor();
    await expectAccessible(page);
    // Whoever came to work is not held up.
    await page.keyboard.press('g');
    await page.keyboard.press('u');
    await page.getByRole('heading', { name: 'Unassigned' }).waitFor();
    expect(await page.getByRole('button', { name: 'Show me around' }).count()).toBe(0);
    await page.keyboard.press('g');
    await page.keyboard.press('d');
    await page.getByRole('button', { name: 'Show me around' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog', { name: 'Welcome to Fixdesk' }).waitFor();
    await expectAccessible(page);
    // It is read from its heading, and goes on by Tab and Enter.
    await expect
      .poll(() => page.evaluate(() => document.activeElement?.textContent))
      .toBe('Welcome to Fixdesk');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog', { name: 'Your queue' }).waitFor();
    expect(await page.locator('[data-tour-current]').count()).toBe(1);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await expect
      .poll(() => desk.api<{ tour_done: boolean }>('it_staff', 'GET', '/api/auth/me'))
      .toMatchObject({ tour_done: true });

    // Never again by itself, also in another browser; but when one asks for it.
    const other = await desk.openAs('it_staff', '/', { tour: true });
    expect(await other.getByRole('button', { name: 'Skip the tour' }).count()).toBe(0);
    await other.keyboard.press('g');
    await other.keyboard.press('t');
    await other.getByRole('dialog', { name: 'Welcome to Fixdesk' }).waitFor();
    await other.getByRole('button', { name: 'Skip the tour' }).click();
    await other.getByRole('dialog').waitFor({ state: 'detached' });
  });

  it('shows an employee on a phone what they need, to its end', async () => {
    const page = await desk.openAs('employee', '/', { tour: true, width: 360, height: 740 });
    await page.getByRole('region', { name: 'Welcome to Fixdesk' }).waitFor();
    await expectNoSidewaysScroll(page);
    await page.getByRole('button', { name: 'Show me around' }).click();
    await page.getByRole('dialog', { name: 'Welcome to Fixdesk' }).waitFor();
    await expectNoSidewaysScroll(page);
    const titles: (string | null)[] = [];
    for (;;) {
      titles.push(await page.getByRole('dialog').getByRole('heading').textContent());
      const next = page.getByRole('button', { name: 'Next' });
      if ((await next.count()) === 0) break;
      await next.click();
    }
    expect(titles).toEqual([
      'Welcome to Fixdesk',
      'Report a problem',
      'Follow it',
      'Make it yours',
    ]);
    await page.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });
});
