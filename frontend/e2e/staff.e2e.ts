import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { expectAccessible, journeys, people, said } from './desk.ts';

/** Sets a property of the open ticket with the mouse. */
async function choose(page: Page, property: string, value: string): Promise<void> {
  await page.getByRole('button', { name: new RegExp(`^${property} `) }).click();
  await page.getByRole('option', { name: new RegExp(`^${value}`) }).click();
}

journeys('IT staff', (desk) => {
  it('takes a ticket from the queue, works and closes it', async () => {
    const { id } = await desk.ticket('Scanner eats paper');
    const page = await desk.openAs('it_staff', '/tickets?view=unassigned');
    await page.getByRole('link', { name: /Scanner eats paper/ }).click();
    await page.getByRole('heading', { name: 'Scanner eats paper' }).waitFor();
    await page.getByRole('button', { name: 'Assign to me' }).click();
    await page.getByText(`${people.it_staff} took the ticket`).waitFor();
    await choose(page, 'Status', 'In progress');
    await page.getByText('changed the status from Open to In progress').waitFor();
    await choose(page, 'Priority', 'Urgent');
    await page.getByText('changed the priority from Medium to Urgent').waitFor();
    await page.getByRole('textbox', { name: 'Reply' }).fill('New rollers are ordered.');
    await page.keyboard.press('Control+Enter');
    await page.getByText('New rollers are ordered.', { exact: true }).waitFor();
    await choose(page, 'Status', 'Resolved');
    await page.getByText(`#${id}: Status is Resolved now`, { exact: true }).waitFor();

    // What the server also wrote as a comment is told once.
    expect(await page.getByText(/Status changed from/).count()).toBe(0);
    const stored = await desk.api<{ status: string; priority: string }>(
      'admin',
      'GET',
      `/api/tickets/${id}`,
    );
    expect(stored).toMatchObject({ status: 'resolved', priority: 'urgent' });
  });

  it('hands over to a colleague found by name, and is told that it is gone', async () => {
    const { id } = await desk.ticket('Beamer is blue');
    const page = await desk.openAs('it_staff', `/tickets/${id}`);
    await choose(page, 'Assignee', 'ada');
    await said(page, `#${id}: Assigned to ada`);
    await page.getByText('You cannot see this ticket any more').waitFor();
    expect(await page.getByRole('button', { name: 'Send reply' }).count()).toBe(0);
  });

  it('narrows the queue, and the address keeps what is shown', async () => {
    const urgent = await desk.ticket('Findable alpha');
    await desk.ticket('Findable beta');
    await desk.api('it_staff', 'PATCH', `/api/tickets/${urgent.id}`, { priority: 'urgent' });
    const page = await desk.openAs('it_staff', '/tickets');
    await page.getByRole('searchbox', { name: 'Search tickets' }).fill('findable');
    await page.getByText('Urgent', { exact: true }).first().click();
    await page.waitForURL(/q=findable/);
    await page.waitForURL(/priority=urgent/);
    await page.getByRole('link', { name: /Findable alpha/ }).waitFor();
    await page.getByRole('link', { name: /Findable beta/ }).waitFor({ state: 'detached' });
    await page.reload();
    await page.getByRole('link', { name: /Findable alpha/ }).waitFor();
    expect(await page.getByRole('link', { name: /Findable beta/ }).count()).toBe(0);
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await page.waitForURL((url) => url.search === '');
  });

  it('shows a long list as one scrolls, with one number for all of it', async () => {
    const marker = 'Paged';
    for (let n = 0; n < 130; n += 1) await desk.ticket(`${marker} no${n}x`);
    const page = await desk.openAs('it_staff', `/tickets?q=${marker}`);
    await page.getByText('130', { exact: true }).waitFor();
    await page.getByRole('link', { name: /Paged no129x/ }).waitFor();
    await page.keyboard.press('j');
    for (let n = 0; n < 40; n += 1) await page.keyboard.press('j');
    await page.getByRole('link', { name: /Paged no89x/ }).waitFor();
    await page.getByRole('list', { name: 'All tickets' }).evaluate((list) => {
      const box = list.parentElement;
      if (box) box.scrollTop = box.scrollHeight;
    });
    await page.getByRole('link', { name: /Paged no0x/ }).waitFor();
  });

  it('opens a ticket beside the list, and goes on where it was', async () => {
    for (const name of ['one', 'two', 'three']) await desk.ticket(`Beside ${name}`);
    const page = await desk.openAs('it_staff', '/tickets?q=Beside');
    await page.getByRole('link', { name: /Beside three/ }).waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Beside two' }).waitFor();
    const rail = page.getByRole('separator', { name: 'Width of the menu' });
    await rail.focus();
    await page.keyboard.press('End');
    expect(await rail.getAttribute('aria-valuenow')).toBe('360');
    await page.getByRole('separator', { name: 'Width of the list' }).waitFor();
    await page.getByRole('link', { name: /Beside three/ }).waitFor();
    expect(page.url()).toContain('q=Beside');
    await page.keyboard.press('Escape');
    await page.getByRole('heading', { level: 1, name: 'All tickets' }).waitFor();
    await page.waitForFunction(() => document.activeElement?.textContent?.includes('Beside two'));
  });

  it('understands a query, completes it, and explains what it does not understand', async () => {
    const { id } = await desk.ticket('Query me');
    await desk.api('it_staff', 'PATCH', `/api/tickets/${id}`, { priority: 'urgent' });
    await desk.ticket('Query me not');
    const page = await desk.openAs('it_staff', '/tickets');
    await page.keyboard.press('/');
    await page.keyboard.type('prio');
    await page.getByRole('option', { name: /priority:/ }).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.keyboard.type('>=urgent "query me"');
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: /Query me/ }).waitFor();
    expect(await page.getByRole('link', { name: /Query me not/ }).count()).toBe(0);
    const search = page.getByRole('searchbox', { name: 'Search tickets' });
    await search.fill('colour:red');
    await search.press('Enter');
    await page.getByText(/Unknown field "colour"/).waitFor();
  });

  it('opens a ticket for somebody on the phone, and finds it by that', async () => {
    const page = await desk.openAs('it_staff', '/tickets', { width: 1400 });
    await page.getByRole('heading', { level: 1 }).click();
    await page.keyboard.press('Shift+N');
    await page.getByRole('heading', { name: 'New ticket' }).waitFor();
    expect(await page.getByLabel('Channel').inputValue()).toBe('phone');
    const who = page.getByRole('combobox', { name: 'For whom?' });
    await who.fill('erin');
    await page.getByRole('option', { name: /erin/ }).click();
    await page.getByLabel('What is wrong?').fill('Called about the door');
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Create ticket' }).click();
    await page.getByRole('heading', { name: 'Called about the door' }).waitFor();
    const facts = page.getByRole('region', { name: 'Properties' });
    await facts.getByText('Phone', { exact: true }).waitFor();
    await expectAccessible(page);
    if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/phone-ticket.png` });
    await page.goto('/tickets?q=channel%3Aphone');
    await page.getByRole('link', { name: /Called about the door/ }).waitFor();
  });
});
