import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { expectAccessible, journeys, password, people, said } from './desk.ts';

/** Tabs until something of this name has the focus, as somebody without a mouse does. */
async function tabTo(page: Page, name: RegExp): Promise<void> {
  for (let step = 0; step < 80; step += 1) {
    await page.keyboard.press('Tab');
    const here = await page.evaluate(() => {
      const element = document.activeElement as HTMLElement | null;
      const label = (element as HTMLInputElement | null)?.labels?.[0]?.textContent;
      return element?.getAttribute('aria-label') ?? label ?? element?.textContent ?? '';
    });
    if (name.test(here)) return;
  }
  throw new Error(`Tab never reached ${name}`);
}

const leaveField = (page: Page) =>
  page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());

const heading = (page: Page, name: string) => page.getByRole('heading', { name }).waitFor();

journeys('without a mouse', (desk) => {
  it('works a ticket from sign-in to closed', async () => {
    const { id } = await desk.ticket('Keyboard only');
    const page = await desk.open('/sign-in');
    await tabTo(page, /^User name or e-mail/);
    await page.keyboard.type(people.it_staff);
    await tabTo(page, /^Password/);
    await page.keyboard.type(password);
    await page.keyboard.press('Enter');
    await heading(page, 'Dashboard');

    // From here on only the keys of the commands; nothing is reached by Tab.
    await page.keyboard.press('g');
    await page.keyboard.press('u');
    await heading(page, 'Unassigned');
    await page.keyboard.press('/');
    await page.keyboard.type('Keyboard only');
    await page.keyboard.press('Enter');
    await page.waitForURL(/q=Keyboard/);
    // The rows of before stay until the new ones are there.
    await page.waitForFunction(() => document.querySelectorAll('[data-row]').length === 1);
    await page.getByRole('link', { name: /Keyboard only/ }).waitFor();
    await leaveField(page);
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await heading(page, 'Keyboard only');
    // The heading has the focus, so that reading and tabbing start at the new page.
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('H1');

    await page.keyboard.press('i');
    await page.getByText('took the ticket').waitFor();
    await page.keyboard.press('p');
    await page.getByRole('dialog', { name: /^Priority/ }).waitFor();
    await page.keyboard.type('urg');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Priority Urgent' }).waitFor();
    await page.keyboard.press('s');
    await page.getByRole('dialog', { name: /^Status/ }).waitFor();
    await page.keyboard.type('in pr');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Status In progress' }).waitFor();
    await page.keyboard.press('r');
    await page.keyboard.type('Done without a mouse');
    await page.keyboard.press('Control+Enter');
    await page.getByText('Done without a mouse', { exact: true }).waitFor();
    await leaveField(page);
    await page.keyboard.press('Control+k');
    await page.keyboard.type('close the');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Status Closed' }).waitFor();
    await desk.until(id, { status: 'closed', priority: 'urgent' });
  });

  it('lives the life of a requester: reports, comments, closes and reopens', async () => {
    const page = await desk.openAs('employee');
    await leaveField(page);
    await page.keyboard.press('c');
    await heading(page, 'New ticket');
    await tabTo(page, /^What is wrong/);
    await page.keyboard.type('Keys of a requester');
    await tabTo(page, /^What happened/);
    await page.keyboard.type('The F key sticks.');
    await tabTo(page, /^Create ticket/);
    await page.keyboard.press('Enter');
    await heading(page, 'Keys of a requester');
    await page.keyboard.press('r');
    await page.keyboard.type('So does the G key.');
    await page.keyboard.press('Control+Enter');
    await page.getByText('So does the G key.', { exact: true }).waitFor();
    await leaveField(page);
    await page.keyboard.press('Shift+C');
    await page.getByRole('button', { name: 'Reopen the ticket' }).waitFor();
    await page.keyboard.press('Shift+O');
    await page.getByRole('button', { name: 'Close the ticket' }).waitFor();
    await page.getByText('The F key sticks.').waitFor();
  });

  it('takes back what was done last, but not what somebody else did since', async () => {
    const { id } = await desk.ticket('Second thoughts');
    const page = await desk.openAs('admin', `/tickets/${id}`);
    await page.keyboard.press('Shift+R');
    await page.getByRole('button', { name: 'Status Resolved' }).waitFor();
    await page.keyboard.press('u');
    await page.getByRole('button', { name: 'Status Open' }).waitFor();
    await desk.until(id, { status: 'open' });
    await page.keyboard.press('Shift+R');
    await desk.until(id, { status: 'resolved' });
    await desk.api('it_staff', 'PATCH', `/api/tickets/${id}`, { title: 'Third thoughts' });
    await page.keyboard.press('u');
    await page.getByText(/^Not undone: somebody changed ticket/).waitFor();
    await desk.until(id, { status: 'resolved' });
  });

  it('changes many tickets at once, and takes it back', async () => {
    const made = [];
    for (const n of [1, 2, 3]) made.push((await desk.ticket(`Many at once ${n}`)).id);
    const page = await desk.openAs('admin', '/tickets?search=Many%20at%20once');
    await page.getByRole('link', { name: /Many at once 1/ }).waitFor();
    await leaveField(page);
    await page.keyboard.press('j');
    await page.keyboard.press('x');
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.keyboard.press('Shift+X');
    await page.getByText('3 selected').waitFor();
    await expectAccessible(page);
    await page.keyboard.press('p');
    await page.getByRole('dialog', { name: 'Priority of 3 tickets…' }).waitFor();
    await page.keyboard.type('urg');
    await page.keyboard.press('Enter');
    for (const id of made) await desk.until(id, { priority: 'urgent' });
    await page.getByRole('button', { name: /^Undo/ }).waitFor();
    await page.keyboard.press('u');
    for (const id of made) await desk.until(id, { priority: 'medium' });
    await said(page, '3 tickets are as before');
  });

  it('skips to the content and opens the list of keys', async () => {
    const page = await desk.openAs('employee');
    await leaveField(page);
    await page.keyboard.press('?');
    const help = page.getByRole('dialog', { name: 'Keys' });
    await help.getByRole('row', { name: /^New ticket/ }).waitFor();
    await expectAccessible(page);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog', { name: 'Find a command or a ticket' }).waitFor();
    await expectAccessible(page);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.reload();
    await heading(page, 'Dashboard');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('main');
    await page.keyboard.press('c');
    await page.waitForURL(/\/tickets\/new$/);
  });

  it('leaves single keys alone when they are switched off', async () => {
    const page = await desk.openAs('employee', '/profile');
    await page.getByRole('switch', { name: /Single-key/ }).focus();
    await page.keyboard.press('Space');
    await leaveField(page);
    await page.keyboard.press('c');
    await page.waitForTimeout(300);
    expect(new URL(page.url()).pathname).toBe('/profile');
  });
});
