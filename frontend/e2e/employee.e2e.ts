import { expect, it } from 'vitest';
import { expectAccessible, journeys, password, said, signIn } from './desk.ts';

journeys('an employee', (desk) => {
  it('registers, verifies, signs in, reports a problem, comments and edits', async () => {
    const page = await desk.open('/sign-in');
    await page.getByRole('link', { name: 'Create an account' }).click();
    await page.getByRole('heading', { name: 'Create an account' }).waitFor();
    await page.getByLabel('User name').fill('nora');
    await page.getByLabel('E-mail').fill('nora@example.org');
    await page.getByLabel('Full name').fill('Nora Newcomer');
    await page.getByRole('textbox', { name: 'Password' }).fill('short');
    await page.getByRole('button', { name: 'Create account' }).click();
    await page.getByText('Use at least 12 characters.').waitFor();
    await page.getByRole('textbox', { name: 'Password' }).fill(password);
    await page.getByRole('button', { name: 'Create account' }).click();
    await page.getByRole('heading', { name: 'Check your mail' }).waitFor();

    const link = await desk.mailedLink('nora@example.org', '/verify-email');
    await page.goto(link);
    await page.getByRole('heading', { name: 'Address verified' }).waitFor();
    await page.getByRole('link', { name: 'Sign in' }).click();
    await signIn(page, 'nora');

    await page.getByRole('heading', { name: 'Dashboard' }).waitFor();
    await page.getByText('You have not reported anything yet').waitFor();
    await page.getByRole('link', { name: 'New ticket' }).first().click();
    await page.getByRole('button', { name: 'Create ticket' }).click();
    await page.getByText('Say in a few words what is wrong.').waitFor();
    await page.getByLabel('What is wrong?').fill('Laptop does not start');
    await page.getByLabel('What happened?').fill('Black screen.\nFan spins.');
    await page.getByText('High', { exact: true }).click();
    await page.getByRole('button', { name: 'Create ticket' }).click();

    await page.getByRole('heading', { name: 'Laptop does not start' }).waitFor();
    await page.getByText('Your ticket waits for somebody from IT').waitFor();
    expect(await page.getByLabel('Status').count()).toBe(0);
    await page.getByRole('textbox', { name: 'Comment' }).fill('It beeps twice.\n<b>Really.</b>');
    await page.getByRole('button', { name: 'Send comment' }).click();
    await page.getByText('<b>Really.</b>').waitFor();

    await page.getByRole('button', { name: 'Edit ticket' }).click();
    await page.getByLabel('Title').fill('Laptop beeps twice and does not start');
    await page.getByRole('button', { name: 'Save ticket' }).click();
    await page.getByRole('heading', { name: 'Laptop beeps twice and does not start' }).waitFor();
    await page.getByText('changed the title').waitFor();
  });

  it('sets a new password with the mailed link', async () => {
    await desk.api('admin', 'POST', '/api/users', {
      username: 'frank',
      email: 'frank@example.org',
      role: 'employee',
      password,
    });
    const page = await desk.open('/forgot-password');
    await page.getByLabel('E-mail').fill('frank@example.org');
    await page.getByRole('button', { name: 'Send the link' }).click();
    await page.getByRole('heading', { name: 'Check your mail' }).waitFor();
    await page.goto(await desk.mailedLink('frank@example.org', '/reset-password'));
    await page.getByRole('textbox', { name: 'New password' }).fill('a wholly different phrase');
    await page.getByRole('button', { name: 'Set password' }).click();
    await page.getByRole('link', { name: 'Sign in' }).click();
    await signIn(page, 'frank', 'a wholly different phrase');
    await page.getByRole('heading', { name: 'Dashboard' }).waitFor();
  });

  it('is told when title and description were changed by somebody else meanwhile', async () => {
    const { id } = await desk.ticket('Mouse is gone');
    const page = await desk.openAs('employee', `/tickets/${id}`);
    await page.getByRole('button', { name: 'Edit ticket' }).click();
    await desk.api('admin', 'PATCH', `/api/tickets/${id}`, { title: 'Mouse was eaten' });
    await page.getByLabel('Title').fill('Mouse is found');
    await page.getByRole('button', { name: 'Save ticket' }).click();
    const theirs = page.getByRole('region', { name: 'The version on the server' });
    await theirs.getByText('Mouse was eaten').waitFor();
    await page.getByRole('button', { name: 'Save what is chosen' }).click();
    await page.getByRole('heading', { name: 'Mouse is found' }).waitFor();
  });

  it('changes the profile and makes an API token that works', async () => {
    const page = await desk.openAs('employee', '/profile');
    await page.getByLabel('Department').fill('Sales');
    await page.getByRole('button', { name: 'Save profile' }).click();
    await said(page, 'Profile saved');
    await page.getByLabel('What is it for?').fill('script');
    await page.getByRole('button', { name: 'Create token' }).click();
    const token = await page.getByText(/^fxd_[\w-]{20,}/).textContent();
    const headers = { Authorization: `Bearer ${token}` };
    const me = await fetch(`${desk.url}/api/auth/me`, { headers });
    expect(((await me.json()) as { department: string }).department).toBe('Sales');
    await page.getByRole('button', { name: 'Delete token script' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete token' }).click();
    await said(page, 'Token deleted');
    expect((await fetch(`${desk.url}/api/auth/me`, { headers })).status).toBe(401);
  });

  it('sees nothing of other people and nothing of administration', async () => {
    const other = await desk.api<{ id: number }>('admin', 'POST', '/api/tickets', {
      title: 'Secret',
      description: 'Of the administrator',
    });
    const page = await desk.openAs('employee', '/');
    await page.goto(`/tickets/${other.id}`);
    await page.getByText('Not found').waitFor();
    expect(await page.getByRole('link', { name: 'Users' }).count()).toBe(0);
  });

  it('keeps a report that is not sent yet, and shows a calm list', async () => {
    const page = await desk.openAs('employee', '/tickets/new');
    await page.getByLabel('What is wrong?').fill('Half a sentence');
    await page.getByText('Draft saved').waitFor();
    await page.reload();
    await expect.poll(() => page.getByLabel('What is wrong?').inputValue()).toBe('Half a sentence');
    await page.getByRole('button', { name: 'Create ticket' }).click();
    await page.getByRole('heading', { name: 'Half a sentence' }).waitFor();
    await page.getByText(/^You opened this/).waitFor();
    await page.goto('/tickets/new');
    await page.getByRole('heading', { name: 'New ticket' }).waitFor();
    await page.waitForTimeout(500);
    expect(await page.getByLabel('What is wrong?').inputValue()).toBe('');
    // Rows that a finger hits, without a column of one's own name.
    await page.goto('/tickets');
    const row = page.getByRole('link', { name: /Half a sentence/ });
    await row.waitFor();
    expect((await row.boundingBox())?.height).toBeGreaterThanOrEqual(40);
  });

  it('sees the tags of a ticket only while an administrator says so', async () => {
    const field = await desk.api<{ id: number }>('admin', 'POST', '/api/fields', {
      ...{ name: 'Room', kind: 'text', everywhere: true },
      ...{ employee_view: true, employee_edit: true },
    });
    const { id } = await desk.ticket('Tagged laptop');
    await desk.api('admin', 'PATCH', `/api/tickets/${id}`, { tags: ['vpn'] });
    const admin = await desk.openAs('admin', '/desk');
    await admin.getByRole('tab', { name: 'Tags' }).click();
    const shown = admin.getByRole('switch', { name: 'Employees see the tags of their tickets' });
    await shown.waitFor();
    expect(await shown.isChecked()).toBe(false);
    const page = await desk.openAs('employee', `/tickets/${id}`);
    await page.getByRole('heading', { name: 'Tagged laptop' }).waitFor();
    expect(await page.getByText('vpn', { exact: true }).count()).toBe(0);

    await shown.click();
    await said(admin, 'Employees see tags now');
    await expectAccessible(admin);
    await page.reload();
    await page.getByText('vpn', { exact: true }).waitFor();
    // What the requester may fill in is filled in there.
    const room = page.getByRole('region', { name: 'Properties' }).getByLabel('Room');
    await room.fill('B 12');
    await room.blur();
    await desk.until(id, { fields: { room: 'B 12' } });
    await expectAccessible(page);
    if (process.env.SHOTS)
      await page.screenshot({ path: `${process.env.SHOTS}/employee-tags.png` });
    await page.goto('/tickets?q=tag%3Avpn');
    await page.getByRole('link', { name: /Tagged laptop/ }).waitFor();

    await shown.click();
    await said(admin, 'Employees see no tags any more');
    await page.goto(`/tickets/${id}`);
    await page.getByRole('heading', { name: 'Tagged laptop' }).waitFor();
    await expect.poll(() => page.getByText('vpn', { exact: true }).count()).toBe(0);
    await desk.api('admin', 'PATCH', `/api/fields/${field.id}`, { archived: true });
  });
});
