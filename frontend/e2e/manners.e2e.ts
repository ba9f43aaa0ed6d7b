import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { expectAccessible, expectNoSidewaysScroll, journeys } from './desk.ts';

const pseudo = 'en-XB';

/** Shows the app in the pseudo-locale, from right to left. */
async function turn(page: Page, path: string): Promise<void> {
  await page.evaluate((language) => localStorage.setItem('fixdesk.language', language), pseudo);
  await page.goto(path);
  await page.getByRole('heading', { level: 1 }).waitFor();
}

journeys('Read from right to left', (desk) => {
  for (const width of [1280, 360]) {
    it(`holds at ${width} pixels: sign-in, queue, ticket, new ticket`, async () => {
      const { id } = await desk.ticket('A printer, far away');
      await desk.api('admin', 'POST', `/api/tickets/${id}/notes`, { content: 'For us alone' });
      const check = async (page: Page) => {
        expect(await page.evaluate(() => document.documentElement.dir)).toBe('rtl');
        expect(
          await page.evaluate(() => getComputedStyle(document.body).direction),
          'the direction of the page',
        ).toBe('rtl');
        await expectNoSidewaysScroll(page);
        await expectAccessible(page);
      };
      const nobody = await desk.open('/sign-in', { width });
      await turn(nobody, '/sign-in');
      await check(nobody);

      const page = await desk.openAs('it_staff', '/', { width });
      for (const path of ['/tickets', `/tickets/${id}`, '/tickets/new']) {
        await turn(page, path);
        await page.waitForTimeout(500);
        await check(page);
        const rail = await page.locator('[data-tour="tickets"]').boundingBox();
        if (width > 768) expect(rail?.x, 'the rail stands at the right').toBeGreaterThan(width / 2);
        const texts = await page.evaluate(() => document.querySelector('main')?.textContent ?? '');
        expect(/[ŕşţńḿōàēĩ]/i.test(texts), 'texts come from the catalogue').toBe(true);
      }
    });
  }
});

journeys('On paper', (desk) => {
  it('prints a ticket with everything that was said, and nothing around it', async () => {
    const { id } = await desk.ticket('For the files');
    for (let n = 1; n <= 12; n += 1) {
      const content = `Answer ${n}\n\n${'A long line of words. '.repeat(20)}`;
      await desk.api('admin', 'POST', `/api/tickets/${id}/add_comment`, { content });
    }
    const page = await desk.openAs('it_staff', `/tickets/${id}`);
    await page.getByText('Answer 12').waitFor();
    await page.keyboard.press('n');
    const note = page.getByRole('textbox', { name: /note/i });
    await note.waitFor();
    await page.keyboard.type('Half a thought');
    await page.emulateMedia({ media: 'print' });
    for (const hidden of [
      page.getByRole('navigation', { name: 'Main' }).first(),
      page.getByRole('search'),
      page.getByRole('button', { name: 'Send reply' }),
      page.getByRole('list', { name: /tickets/i }),
    ]) {
      if ((await hidden.count()) > 0) expect(await hidden.first().isVisible()).toBe(false);
    }
    for (const shown of ['For the files', 'It does not work.', 'Answer 1', 'Answer 12']) {
      // The list may still have its row, which is not printed.
      const printed = page.getByText(shown, { exact: true }).filter({ visible: true });
      expect(await printed.count(), shown).toBeGreaterThan(0);
    }
    // Nothing is cut off by a box that scrolls.
    const cut = await page.getByText('Answer 1', { exact: true }).evaluate((element) => {
      const names: string[] = [];
      for (let box = element.parentElement; box; box = box.parentElement) {
        const hides = getComputedStyle(box).overflowY !== 'visible';
        if (hides && box.scrollHeight > box.clientHeight + 1 && box !== document.documentElement) {
          names.push(box.className);
        }
      }
      return names;
    });
    expect(cut).toEqual([]);
    const dark = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    expect(dark).toBe('rgb(255, 255, 255)');
    const pdf = await page.pdf({ format: 'A4' });
    const pages = pdf.toString('latin1').match(/\/Type\s*\/Page\b/g)?.length ?? 0;
    expect(pages).toBeGreaterThan(1);
    // A sheet is narrower than the window, but whoever printed goes on where they were.
    await page.emulateMedia({ media: 'screen' });
    expect(await note.textContent()).toBe('Half a thought');
  });
});
