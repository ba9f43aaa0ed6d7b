import { expect, it } from 'vitest';
import { expectAccessible, journeys } from './desk.ts';

journeys('everything that matches', (desk) => {
  it('has all that can be done to it in whole words, also beside an open ticket', async () => {
    await desk.ticket('Toaster 1');
    const { id } = await desk.ticket('Toaster 2');
    const page = await desk.openAs('it_staff', `/tickets/${id}?q=toaster`, { width: 1280 });
    await page.getByRole('checkbox', { name: `Select ticket #${id}` }).check();
    const bar = page.getByRole('region', { name: 'Selected tickets' });
    await bar.getByRole('button', { name: 'More' }).click();
    const cut = await bar
      .getByRole('button')
      .evaluateAll((all) =>
        all
          .filter((one) =>
            [one, ...one.querySelectorAll('*')].some(
              (e) => e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 0,
            ),
          )
          .map((one) => one.textContent),
      );
    expect(cut).toEqual([]);
    // Two beside each other: the list below stays in sight.
    const box = await bar.boundingBox();
    expect(box?.height).toBeLessThan(400);
    await expectAccessible(page);
    // By Tab one comes through it as one reads.
    const focused = () =>
      page.evaluate(() => {
        const here = document.activeElement;
        return here?.getAttribute('aria-label') ?? here?.textContent;
      });
    expect(await focused()).toBe('Fewer');
    const order: (readonly [number, number])[] = [];
    for (const _ of await bar.getByRole('button').all()) {
      const place = await page.locator(':focus').boundingBox();
      order.push([Math.round(place?.y ?? 0), Math.round(place?.x ?? 0)]);
      await page.keyboard.press('Tab');
    }
    const rest = order.slice(2);
    expect(rest).toEqual([...rest].sort(([a, b], [c, d]) => a - c || b - d));
    expect(order[0]?.[0]).toBeLessThan(rest[0]?.[0] ?? 0);
    await bar.getByRole('button', { name: 'Fewer' }).click();
    await bar.getByRole('button', { name: 'More' }).waitFor();
    expect(await focused()).toBe('More');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Clear the selection' }).click();
  });

  it('is selected, changed and brought back; selection and place survive a reload', async () => {
    const many = 104;
    for (let n = 1; n <= many; n += 1) await desk.ticket(`Kettle ${n}`);
    const page = await desk.openAs('it_staff', '/tickets?q=kettle', { width: 1400 });
    const first = page.getByRole('link', { name: /Kettle 104/ });
    await first.waitFor();
    await page
      .getByRole('checkbox', { name: /Select ticket/ })
      .first()
      .check();
    const bar = page.getByRole('region', { name: 'Selected tickets' });
    await bar.getByText('1 selected').waitFor();

    // Far down, and back where it was after a reload.
    const list = page.getByRole('list', { name: 'All tickets' });
    await list.evaluate((element) => {
      if (element.parentElement) element.parentElement.scrollTop = 1600;
    });
    await page.getByRole('link', { name: /Kettle 60\b/ }).waitFor();
    await page.waitForFunction(() => /"offset":1600/.test(sessionStorage['fixdesk.lists'] ?? ''));
    await page.reload();
    await page.getByRole('link', { name: /Kettle 60\b/ }).waitFor();
    await bar.getByText('1 selected').waitFor();
    // And after another page, on the way back.
    await page.keyboard.press('g');
    await page.keyboard.press('d');
    await page.getByRole('heading', { name: 'Dashboard' }).waitFor();
    await page.goBack();
    await page.getByRole('link', { name: /Kettle 60\b/ }).waitFor();
    await bar.getByText('1 selected').waitFor();

    // All that are loaded, then all that match.
    await page.getByRole('link', { name: /Kettle 60\b/ }).focus();
    await page.keyboard.press('Shift+A');
    await bar.waitFor({ state: 'detached' });
    await page.goto('/tickets?q=kettle&sort=-updated_at');
    await first.focus();
    await page.keyboard.press('Control+a');
    const all = bar.getByRole('button', { name: `Select all ${many} that match` });
    await all.click();
    await bar.getByText(`${many} selected`).waitFor();
    await expectAccessible(page);
    await bar.getByRole('button', { name: 'Change the priority' }).click();
    await page.getByRole('option', { name: 'Urgent' }).click();
    await page.getByText(`${many} tickets changed`).first().waitFor();
    const urgent = async () =>
      (
        await desk.api<{ count: number }>(
          'admin',
          'GET',
          '/api/tickets/count?q=kettle+priority:urgent',
        )
      ).count;
    expect(await urgent()).toBe(many);
    await page.keyboard.press('u');
    await expect.poll(urgent, { timeout: 20_000 }).toBe(0);
  });
});
