import { expect, it } from 'vitest';
import { expectAccessible, expectNoSidewaysScroll, journeys } from './desk.ts';

journeys('macros', (desk) => {
  it('are made, tried, used by key, by semicolon and in bulk, and taken back', async () => {
    const first = await desk.ticket('Router *blinks*');
    const page = await desk.openAs('it_staff', '/macros', { width: 1400 });
    await page.getByText('No macros yet').waitFor();
    await page.getByRole('button', { name: 'New macro' }).click();
    const dialog = page.getByRole('dialog', { name: 'New macro' });
    await dialog.getByRole('textbox', { name: 'Name' }).fill('Restart the router');
    const text = dialog.getByRole('textbox', { name: 'Text' });
    await text.fill('Hello {{requester.nickname}}, about {{ticket.title}}: restart it.');
    await dialog.getByRole('button', { name: 'Add an action' }).click();
    await dialog.getByLabel('Action 1').last().selectOption({ label: 'Set the priority' });
    await dialog.getByLabel('Priority').selectOption('high');
    await dialog.getByRole('button', { name: 'Save macro' }).click();
    await dialog.getByText(/There is no placeholder {{requester.nickname}}/).waitFor();
    await text.fill('Hello {{requester.username}}, about {{ticket.title}}: restart it.');
    await dialog.getByLabel('Try it on ticket').fill(String(first.id));
    await dialog.getByRole('button', { name: 'Preview' }).click();
    await dialog.getByText('about Router *blinks*: restart it.').waitFor();
    await dialog.getByText('Set priority to high').waitFor();
    await expectAccessible(page);
    await dialog.getByRole('button', { name: 'Save macro' }).click();
    await page.getByText('reply · 1 action').waitFor();
    await expectAccessible(page);

    // The box for formatted text, which is loaded when one begins to write, comes late.
    let chosen = () => {};
    const waits = new Promise<void>((done) => {
      chosen = done;
    });
    await page.route('**/assets/rich-box*.js', async (route) => {
      await waits;
      await route.continue();
    });

    // By its key, on the open ticket; the reply waits, and all of it comes back.
    await page.goto(`/tickets/${first.id}`);
    await page.getByRole('heading', { name: 'Router *blinks*' }).waitFor();
    await page.keyboard.press('m');
    await page.getByRole('option', { name: /Restart the router/ }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Priority High' }).waitFor();
    await page.keyboard.press('u');
    await page.getByRole('button', { name: 'Priority Medium' }).waitFor();

    // By a semicolon in the box: the text is there to be finished, the action is done,
    // though the box for formatted text takes over in between.
    await page.route('**/api/macros/preview', async (route) => {
      chosen();
      await page.locator('[contenteditable=true]').first().waitFor();
      await route.continue();
    });
    await page.keyboard.press('r');
    await page.keyboard.type(';rest');
    await page.getByRole('option', { name: /Restart the router/ }).waitFor();
    await page.keyboard.press('Enter');
    const box = page.getByRole('textbox', { name: 'Reply' });
    await expect
      .poll(() => box.innerText().catch(() => box.inputValue()), { timeout: 15_000 })
      .toMatch(/restart it/);
    await page.getByRole('button', { name: 'Priority High' }).waitFor();

    // On many.
    const second = await desk.ticket('Router is dark');
    await page.goto('/tickets?q=router');
    await page.getByRole('link', { name: /Router is dark/ }).waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('x');
    await page.getByRole('button', { name: /^Use a macro/ }).click();
    await page.getByRole('option', { name: /Restart the router/ }).click();
    await page.getByText('1 ticket changed', { exact: true }).waitFor();
    const now = await desk.api('admin', 'GET', `/api/tickets/${second.id}`);
    expect((now as { priority: string }).priority).toBe('high');
  });

  it('put items on a checklist, and to sleep until a reply', async () => {
    const { id } = await desk.ticket('Laptop to be set up');
    const page = await desk.openAs('it_staff', '/macros', { width: 1400 });
    await page.getByRole('button', { name: 'New macro' }).click();
    const dialog = page.getByRole('dialog', { name: 'New macro' });
    await dialog.getByRole('textbox', { name: 'Name' }).fill('Set up');
    await dialog.getByRole('button', { name: 'Add an action' }).click();
    await dialog
      .getByRole('combobox', { name: 'Action 1' })
      .selectOption({ label: 'Add to the checklist' });
    await dialog.getByLabel('Try it on ticket').fill(String(id));
    await dialog.getByRole('button', { name: 'Preview' }).click();
    await dialog.getByRole('alert').getByText('Action 1: This field is required.').waitFor();
    await dialog.getByLabel('Items, one per line').fill('Order it\nHand it over');
    await dialog.getByLabel('Required before resolving').check();
    await dialog.getByRole('button', { name: 'Add an action' }).click();
    await dialog.getByRole('combobox', { name: 'Action 2' }).selectOption({ label: 'Snooze' });
    await dialog.getByLabel('A reply ends it').check();
    await dialog.getByRole('button', { name: 'Preview' }).click();
    await dialog.getByText('Add 2 items to the checklist').waitFor();
    await expectAccessible(page);
    await dialog.getByRole('button', { name: 'Save macro' }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.goto(`/tickets/${id}`);
    await page.getByRole('heading', { name: 'Laptop to be set up' }).waitFor();
    await page.keyboard.press('m');
    await page.getByRole('option', { name: /Set up/ }).click();
    await desk.until(id, { checklist: { done: 0, total: 2 }, snooze: { on_reply: true } });
  });

  it('fit on a phone and in the dark', async () => {
    const page = await desk.openAs('admin', '/macros', { width: 360, dark: true });
    await page.getByRole('button', { name: 'New macro' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Add an action' }).click();
    await expectNoSidewaysScroll(page);
    await expectAccessible(page);
  });
});
