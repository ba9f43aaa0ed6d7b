import { expect, it } from 'vitest';
import { expectAccessible, expectNoSidewaysScroll, journeys, said } from './desk.ts';

journeys('columns', (desk) => {
  it('are chosen, ordered and sorted by, and stay', async () => {
    await desk.ticket('Samovar on floor 1');
    await desk.ticket('Samovar on floor 2');
    const page = await desk.openAs('it_staff', '/tickets?q=samovar', { width: 1400 });
    const heads = async () =>
      (await page.getByRole('columnheader').allTextContents()).map((text) => text.trim());
    const usual = [
      ...['Priority', 'Number', 'Title', 'Requester', 'Assignee', 'Status', 'Due', 'Updated'],
    ];
    await expect.poll(heads).toEqual(usual);
    await expectAccessible(page);

    // By key, then by keys.
    await page.keyboard.press('Shift+L');
    const dialog = page.getByRole('dialog', { name: 'Choose columns' });
    await dialog.getByRole('checkbox', { name: 'Requester' }).click();
    await dialog.getByRole('checkbox', { name: 'Created' }).click();
    await expectAccessible(page);
    await page.keyboard.press('Alt+ArrowUp');
    await said(page, '“Created” is number 8 of');
    await page.keyboard.press('Escape');
    const mine = [
      ...['Priority', 'Number', 'Title', 'Assignee', 'Status', 'Due', 'Created', 'Updated'],
    ];
    await expect.poll(heads).toEqual(mine);

    const created = page.getByRole('columnheader', { name: 'Created' });
    await created.getByRole('button').focus();
    await page.keyboard.press('Enter');
    await page.waitForURL(/sort=created_at/);
    expect(await created.getAttribute('aria-sort')).toBe('ascending');
    const rows = page.getByRole('list').getByRole('link', { name: /Samovar/ });
    await expect.poll(() => rows.first().textContent()).toContain('floor 1');
    await page.keyboard.press('Enter');
    await expect.poll(() => rows.first().textContent()).toContain('floor 2');

    const times = page.locator('[data-row] time');
    expect(await times.first().textContent()).not.toMatch(/\d{4}/);
    await page.getByRole('button', { name: 'Exact or relative times' }).click();
    expect(await times.first().textContent()).toMatch(/\d{4}/);
    await page.reload();
    await expect.poll(heads).toEqual(mine);
    expect(await times.first().textContent()).toMatch(/\d{4}/);

    // On another device, too; a saved view has its own.
    await page.getByRole('button', { name: 'Save view' }).click();
    const form = page.getByRole('dialog', { name: 'Save view' });
    await form.getByRole('textbox', { name: 'Name' }).fill('Samovars');
    await form.getByRole('button', { name: 'Save view' }).click();
    await said(page, 'View “Samovars” saved');
    await page.getByRole('button', { name: 'Choose columns' }).click();
    await dialog.getByText('The view “Samovars” has columns of its own.').waitFor();
    await dialog.getByRole('checkbox', { name: 'Comments' }).click();
    await expect.poll(heads).toEqual([...mine, 'Comments']);
    await dialog.getByRole('button', { name: 'Reset' }).click();
    await expect.poll(heads).toEqual(mine);
    await page.keyboard.press('Escape');
    const other = await desk.openAs('it_staff', '/tickets', { width: 1400 });
    const theirs = other.getByRole('columnheader');
    await expect.poll(() => theirs.allTextContents()).toEqual(mine);
    await other.getByRole('button', { name: 'Choose columns' }).click();
    await other.getByRole('button', { name: 'Reset' }).click();
    await expect.poll(() => theirs.allTextContents()).toEqual(usual);
    await other.keyboard.press('Escape');
    await other
      .getByRole('link', { name: /Samovars/ })
      .first()
      .click();
    await expect.poll(() => theirs.allTextContents()).toEqual(mine);

    // Beside a ticket the rows are what they were.
    await other.getByRole('link', { name: /Samovar on floor 1/ }).click();
    await other.getByRole('heading', { level: 1, name: /Samovar on floor 1/ }).waitFor();
    expect(await theirs.count()).toBe(0);
    await expectNoSidewaysScroll(other);
  });

  it('fit beside the menu as long as there is room for a list and a ticket', async () => {
    await desk.ticket('Bassoon in the long corridor');
    const page = await desk.openAs('it_staff', '/tickets?q=bassoon', { width: 1100 });
    await page.getByRole('link', { name: /Bassoon/ }).waitFor();
    const heads = page.getByRole('columnheader');
    expect(await heads.count()).toBe(8);
    const widths = [1100, 1180, 1193, 1194, 1240, 1300];
    for (const [at, width] of [...widths, ...widths].entries()) {
      // With dates, too, where at last the requester makes room.
      if (at === widths.length) {
        await page.setViewportSize({ width: 1100, height: 800 });
        await page.getByRole('button', { name: 'Exact or relative times' }).click();
        await expect.poll(() => heads.count()).toBe(7);
      }
      await page.setViewportSize({ width, height: 800 });
      const list = page.getByRole('list').filter({ hasText: 'Bassoon' });
      const over = await list.evaluate((ul) => {
        const box = ul.parentElement as HTMLElement;
        return box.scrollWidth - box.clientWidth;
      });
      expect(over, `at ${width} pixels`).toBe(0);
      // Each cell stands below its heading.
      const begins = (names: string) =>
        page
          .locator(names)
          .evaluateAll((all) =>
            all
              .filter((one) => getComputedStyle(one).display !== 'none')
              .map((one) => one.getBoundingClientRect().x),
          );
      const cells = await begins('[data-row] a > span');
      expect((await begins('[role=columnheader]')).length).toBe(cells.length);
      expect(await begins('[role=columnheader]')).toEqual(cells);
    }
    await expectAccessible(page);
  });

  it('show the fields of the desk, also to requesters and on a phone', async () => {
    const name = 'Asset tag';
    await desk.api('admin', 'POST', '/api/fields', {
      ...{ name, slug: 'column_tag', kind: 'text', everywhere: true },
      employee_view: true,
    });
    const { id } = await desk.ticket('Theremin in the lobby');
    await desk.api('admin', 'PATCH', `/api/tickets/${id}`, { fields: { column_tag: 'LT-0042' } });
    const page = await desk.openAs('it_staff', '/tickets?q=theremin', { width: 1400 });
    await page.keyboard.press('Shift+L');
    const dialog = page.getByRole('dialog', { name: 'Choose columns' });
    await dialog.getByRole('checkbox', { name }).click();
    await page.keyboard.press('Escape');
    await page.getByRole('columnheader', { name }).waitFor();
    const row = page.getByRole('link', { name: /Theremin in the lobby/ });
    await row.getByText('LT-0042').waitFor();
    await page.reload();
    await row.getByText('LT-0042').waitFor();

    // Without room for a table it stands below the rest.
    const phone = await desk.openAs('employee', '/tickets?q=theremin', { width: 360, height: 740 });
    await phone.getByRole('link', { name: /Theremin in the lobby/ }).waitFor();
    expect(await phone.getByText('LT-0042').count()).toBe(0);
    await phone.getByRole('button', { name: 'Choose columns' }).click();
    const choose = phone.getByRole('dialog', { name: 'Choose what each ticket shows' });
    await choose.getByRole('checkbox', { name }).click();
    await choose.getByRole('checkbox', { name: 'Created' }).click();
    await expectAccessible(phone);
    await choose.getByRole('button', { name: 'Done' }).click();
    await phone.getByText('LT-0042').waitFor();
    await expectAccessible(phone);
    await expectNoSidewaysScroll(phone);
    await phone.reload();
    await phone.getByText('LT-0042').waitFor();
  });
});
