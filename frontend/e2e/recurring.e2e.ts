import { expect, it } from 'vitest';
import { expectAccessible, expectNoSidewaysScroll, journeys } from './desk.ts';

journeys('recurring tickets', (desk) => {
  it('are set up, show their dates, and open a ticket that says so', async () => {
    const page = await desk.openAs('admin', '/recurring', { width: 1400 });
    await page.getByRole('button', { name: 'New recurring ticket' }).click();
    const dialog = page.getByRole('dialog', { name: 'New recurring ticket' });
    await dialog.getByRole('textbox', { name: 'Name' }).fill('Check the generator');
    await dialog.getByLabel(/^From/).fill('2030-01-31');
    await dialog.getByLabel('How often').selectOption('MONTHLY');
    await dialog.getByLabel('Day', { exact: true }).selectOption('31');
    const dates = dialog.getByRole('region', { name: 'The next dates' });
    await dates.getByText(/Mar 31, 2030/).waitFor();
    await dialog.getByLabel('On', { exact: true }).selectOption('weekday');
    await dialog.getByLabel('Which one').selectOption('-1');
    await dialog.getByLabel('Weekday').selectOption('FR');
    await dates.getByText(/Feb 22, 2030/).waitFor();
    await dialog.getByLabel('Ends').selectOption('count');
    await dialog.getByRole('textbox', { name: 'Times' }).fill('2');
    await expect.poll(() => dates.getByRole('listitem').count()).toBe(2);
    await expectAccessible(page);
    if (process.env.PICTURES) await page.screenshot({ path: `${process.env.PICTURES}/form.png` });
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.waitFor({ state: 'hidden' });
    await page.getByText('Every month: last Friday, 09:00').waitFor();
    await page.getByRole('button', { name: 'Run now: Check the generator' }).click();
    await page
      .getByRole('link', { name: /^#\d+$/ })
      .last()
      .click();
    await page.getByText('The recurring ticket “Check the generator” was due').waitFor();
    await page.goto('/recurring');
    await page.getByRole('switch', { name: 'Use Check the generator' }).press('Space');
    await page.getByText('Switched off').waitFor();
    await page.getByRole('button', { name: 'Delete Check the generator' }).click();
    await page.getByRole('button', { name: /^Undo/ }).click();
    await page.getByRole('button', { name: 'Change Check the generator' }).click();
    await page.getByRole('dialog', { name: 'Change recurring ticket' }).waitFor();
    await expectAccessible(page);
  });

  it('fit on a phone and in the dark, where the bar leads to them', async () => {
    const page = await desk.openAs('admin', '/', { width: 360, dark: true });
    await page.getByRole('navigation', { name: 'Main' }).getByText('More').click();
    await page.getByRole('link', { name: 'Recurring tickets' }).click();
    await page.getByRole('heading', { name: 'Recurring tickets' }).waitFor();
    expect(await page.locator('nav [aria-current=page]').allTextContents()).not.toContain(
      'Tickets',
    );
    if (process.env.PICTURES)
      await page.screenshot({ path: `${process.env.PICTURES}/list-360.png` });
    await page.getByRole('button', { name: 'New recurring ticket' }).click();
    await page.getByRole('dialog').getByLabel('How often').selectOption('MONTHLY');
    await expectNoSidewaysScroll(page);
    await expectAccessible(page);
    if (process.env.PICTURES)
      await page.screenshot({ path: `${process.env.PICTURES}/form-360.png` });
  });
});
