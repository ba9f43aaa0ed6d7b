import { it } from 'vitest';
import { journeys, password, said, signIn } from './desk.ts';

journeys('an administrator', (desk) => {
  it('deletes a ticket, restores it by undo, and deletes it for real', async () => {
    const { id } = await desk.ticket('Spam');
    const page = await desk.openAs('admin', `/tickets/${id}`);
    await page.getByRole('button', { name: 'Delete ticket' }).click();
    await page.getByRole('heading', { name: 'All tickets' }).waitFor();
    await page.getByText(`Ticket #${id} deleted`, { exact: true }).waitFor();
    await page.getByRole('button', { name: /^Undo/ }).click();
    await said(page, `Ticket #${id} is back`);
    await page.goto(`/tickets/${id}`);
    await page.getByText('restored the ticket').waitFor();
    await page.keyboard.press('Shift+D');
    await page.getByRole('heading', { name: 'All tickets' }).waitFor();
    await page.goto(`/tickets/${id}`);
    await page.getByText('Not found').waitFor();
  });

  it('creates a user, changes the role, deactivates and deletes', async () => {
    const page = await desk.openAs('admin', '/users');
    await page.getByRole('link', { name: 'New user' }).click();
    await page.getByLabel('User name').fill('paula');
    await page.getByLabel('E-mail').fill('paula@example.org');
    await page.getByRole('textbox', { name: 'Password' }).fill(password);
    await page.getByRole('button', { name: 'Create user' }).click();
    await page.getByRole('heading', { name: 'paula' }).waitFor();

    const theirs = await desk.open('/sign-in');
    await signIn(theirs, 'paula');
    await theirs.getByRole('heading', { name: 'Dashboard' }).waitFor();

    await page.getByLabel('Role').selectOption({ label: 'IT staff' });
    await page.getByRole('button', { name: 'Save user' }).click();
    await said(page, 'User saved');

    // The old token is worth nothing any more; signing in again gives the new role.
    await theirs.getByRole('link', { name: 'My tickets' }).click();
    await theirs.getByRole('heading', { name: /Sign in|All tickets/ }).waitFor();
    if (theirs.url().includes('/sign-in')) await signIn(theirs, 'paula');
    await theirs.getByRole('link', { name: /^Unassigned/ }).waitFor();

    await page.getByRole('button', { name: 'Deactivate user' }).click();
    await said(page, 'paula is inactive now');
    await theirs.reload();
    await theirs.getByRole('heading', { name: 'Sign in' }).waitFor();
    await signIn(theirs, 'paula');
    await theirs.getByText('Wrong user name or password.').waitFor();

    await page.getByRole('button', { name: 'Delete user' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Type paula to confirm').fill('paula');
    await dialog.getByRole('button', { name: 'Delete user' }).click();
    await said(page, 'User paula deleted');
    await page.getByRole('searchbox', { name: 'Search users' }).fill('paula');
    await page.getByText('No user matches').waitFor();
  });

  it('invites by mail', async () => {
    const page = await desk.openAs('admin', '/users/new');
    await page.getByLabel('User name').fill('ines');
    await page.getByLabel('E-mail').fill('ines@example.org');
    await page.getByRole('button', { name: 'Create user' }).click();
    await page.getByRole('heading', { name: 'ines' }).waitFor();
    const theirs = await desk.open(await desk.mailedLink('ines@example.org', '/reset-password'));
    await theirs.getByRole('textbox', { name: 'New password' }).fill(password);
    await theirs.getByRole('button', { name: 'Set password' }).click();
    await theirs.getByRole('link', { name: 'Sign in' }).click();
    await signIn(theirs, 'ines');
    await theirs.getByRole('heading', { name: 'Dashboard' }).waitFor();
  });

  it('reads the numbers as charts and as tables', async () => {
    await desk.ticket('Counted');
    const page = await desk.openAs('admin', '/');
    await page.getByRole('img', { name: /Chart: Tickets per day/ }).waitFor();
    await page.getByText('Show as table').last().click();
    const today = new Intl.DateTimeFormat('en', {
      day: 'numeric',
      month: 'short',
      timeZone: 'UTC',
    });
    await page.getByRole('rowheader', { name: today.format(new Date()), exact: true }).waitFor();
    await page.getByRole('link', { name: /^[\d,+]+ Open/ }).click();
    await page.waitForURL(/\/tickets\?status=open/);
  });

  it('finds no failed jobs on a healthy desk', async () => {
    const page = await desk.openAs('admin', '/jobs');
    await page.getByText('No job has failed').waitFor();
  });
});
