import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { journeys, said, written } from './desk.ts';

/** What has the focus: the tag and the beginning of the text. */
const here = (page: Page) =>
  page.evaluate(() => {
    const element = document.activeElement;
    return `${element?.tagName} ${element?.textContent?.slice(0, 200)}`;
  });
const ends = (page: Page, like: RegExp) => expect.poll(() => here(page)).toMatch(like);

journeys('The focus', (desk) => {
  it('goes to the next row when one is deleted, and back out of what was opened', async () => {
    for (const name of ['one', 'two', 'three', 'four']) await desk.ticket(`Focus ${name}`);
    const page = await desk.openAs('admin', '/tickets?q=Focus&sort=created_at', { width: 1400 });
    await page.getByRole('link', { name: /Focus one/ }).waitFor();
    await page.keyboard.press('j');
    await ends(page, /^A .*Focus one/);
    await page.keyboard.press('Shift+D');
    await page.getByRole('link', { name: /Focus one/ }).waitFor({ state: 'detached' });
    await ends(page, /^A .*Focus two/);
    await page.keyboard.press('u');
    await said(page, /is back/);
    await page.getByRole('link', { name: /Focus one/ }).waitFor();
    await ends(page, /^A .*Focus two/);

    // Deleted where it is open: the list goes on at the next one.
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Focus two' }).waitFor();
    await ends(page, /^H1 /);
    await page.keyboard.press('Shift+D');
    await page.getByRole('heading', { level: 1, name: 'All tickets' }).waitFor();
    await ends(page, /^A .*Focus three/);

    // The last one of the list leaves the focus to the one before it.
    await page.keyboard.press('j');
    await ends(page, /^A .*Focus four/);
    await page.keyboard.press('Shift+D');
    await ends(page, /^A .*Focus three/);

    // A picker gives it back.
    await page.keyboard.press('p');
    await page.getByRole('dialog', { name: /^Priority/ }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await ends(page, /^A .*Focus three/);
  });

  it("is the ticket's as soon as one opens it, whatever is pressed at once", async () => {
    const { id } = await desk.ticket('Hasty keys');
    const page = await desk.openAs('it_staff', '/tickets?q=Hasty', { width: 1400 });
    await page.getByRole('link', { name: /Hasty keys/ }).waitFor();
    await page.keyboard.press('j');
    // Until it is fetched and built ahead.
    await page.waitForTimeout(3000);
    await page.evaluate(() => {
      // Nothing but the browser itself is as quick as that.
      for (const key of ['n', 'H', 'i']) {
        const press = () =>
          document.activeElement?.dispatchEvent(
            new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }),
          );
        setTimeout(press, 0);
      }
      // Twice, as many people do.
      (document.activeElement as HTMLElement).click();
      (document.activeElement as HTMLElement).click();
    });
    await page.getByRole('heading', { level: 1, name: 'Hasty keys' }).waitFor();
    await expect.poll(() => written(page.getByRole('textbox', { name: /note/i }))).toBe('Hi');
    expect(new URL(page.url()).pathname).toBe(`/tickets/${id}`);
  });

  it("is the ticket's while it is still on its way", async () => {
    const { id } = await desk.ticket('Far keys');
    const page = await desk.openAs('it_staff', '/tickets?q=Far', { width: 1400 });
    await page.route(`**/api/tickets/${id}`, async (route) => {
      await new Promise((done) => setTimeout(done, 400));
      await route.continue();
    });
    const link = page.getByRole('link', { name: /Far keys/ });
    await link.waitFor();
    await link.evaluate((row: HTMLElement) => row.click());
    for (const key of ['n', 'H', 'i']) await page.keyboard.press(key);
    await page.getByRole('heading', { level: 1, name: 'Far keys' }).waitFor();
    await expect.poll(() => written(page.getByRole('textbox', { name: /note/i }))).toBe('Hi');
    expect(new URL(page.url()).pathname).toBe(`/tickets/${id}`);
  });

  it('stays in the list through a change of many, and its undo', async () => {
    for (const name of ['one', 'two', 'three', 'four']) await desk.ticket(`Crowd ${name}`);
    const page = await desk.openAs('admin', '/tickets?q=Crowd&sort=created_at', { width: 1400 });
    await page.getByRole('link', { name: /Crowd one/ }).waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('x');
    await page.keyboard.press('j');
    await page.keyboard.press('x');
    await page.getByText('2 selected').waitFor();
    await page.keyboard.press('Shift+D');
    await page.getByRole('link', { name: /Crowd two/ }).waitFor({ state: 'detached' });
    await ends(page, /^A .*Crowd (three|four)/);
    await page.getByRole('button', { name: /^Undo/ }).click();
    await page.getByRole('link', { name: /Crowd two/ }).waitFor();
    await page.waitForFunction(() => document.activeElement !== document.body);
  });

  it('goes out step by step with Escape: dialog, editor, ticket, selection', async () => {
    await desk.ticket('Ladder one');
    await desk.ticket('Ladder two');
    const page = await desk.openAs('admin', '/tickets?q=Ladder', { width: 1400 });
    await page.getByRole('link', { name: /Ladder two/ }).waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('x');
    await page.getByText('1 selected').waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Ladder two' }).waitFor();
    await page.keyboard.press('r');
    const box = page.locator('[contenteditable="true"][aria-label="Reply"]');
    await box.waitFor();
    await page.keyboard.type('Half a sentence');
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.waitForFunction(() => document.activeElement?.closest('[contenteditable]'));
    await page.keyboard.press('Escape');
    await page.waitForFunction(() => !document.activeElement?.closest('[contenteditable]'));
    expect(page.url()).toMatch(/tickets\/\d+/);
    await page.keyboard.press('Escape');
    await page.getByRole('heading', { level: 1, name: 'All tickets' }).waitFor();
    await page.getByText('1 selected').waitFor();
    await ends(page, /^A .*Ladder two/);
    await page.keyboard.press('Escape');
    await page.getByText('1 selected').waitFor({ state: 'detached' });
    await ends(page, /^A .*Ladder two/);
  });

  it('comes back from editing, which Escape leaves only without changes', async () => {
    const { id } = await desk.ticket('Edit me');
    const page = await desk.openAs('admin', `/tickets/${id}`);
    const title = page.getByRole('textbox', { name: 'Title' });
    await page.keyboard.press('e');
    await title.waitFor();
    await page.keyboard.press('Escape');
    await title.waitFor({ state: 'detached' });
    await ends(page, /^H1 Edit me/);
    await page.keyboard.press('e');
    await title.fill('Edited');
    await page.keyboard.press('Escape');
    await page.getByText('There are changes that are not saved. Save them, or cancel.').waitFor();
    expect(await title.inputValue()).toBe('Edited');
    await page.keyboard.press('Enter');
    await title.waitFor({ state: 'detached' });
    await ends(page, /^H1 Edited/);
  });
});
