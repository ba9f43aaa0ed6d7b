import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { journeys, people, said } from './desk.ts';

/** Sets a property of the open ticket with the mouse. */
async function choose(page: Page, property: string, value: string): Promise<void> {
  await page.getByRole('button', { name: new RegExp(`^${property} `) }).click();
  await page.getByRole('option', { name: value }).click();
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
    await page.waitForURL(/search=findable/);
    await page.waitForURL(/priority=urgent/);
    await page.getByRole('link', { name: /Findable alpha/ }).waitFor();
    await page.getByRole('link', { name: /Findable beta/ }).waitFor({ state: 'detached' });
    await page.reload();
    await page.getByRole('link', { name: /Findable alpha/ }).waitFor();
    expect(await page.getByRole('link', { name: /Findable beta/ }).count()).toBe(0);
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await page.waitForURL((url) => url.search === '');
  });

  it('turns pages', async () => {
    const marker = 'Paged';
    for (let n = 0; n < 55; n += 1) await desk.ticket(`${marker} ${n}`);
    const page = await desk.openAs('it_staff', `/tickets?search=${marker}`);
    await page.getByText('1–50 of 55').waitFor();
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByText('51–55 of 55').waitFor();
    expect(new URL(page.url()).searchParams.get('page')).toBe('2');
    await page.goBack();
    await page.getByText('1–50 of 55').waitFor();
  });
});
