import { expect, it } from 'vitest';
import { expectAccessible, expectNoSidewaysScroll, journeys } from './desk.ts';

interface Field {
  id: number;
  name: string;
  help: string;
}
interface Detail {
  fields: Record<string, { username: string } | null>;
}

journeys('what the desk asks about tickets', (desk) => {
  const allTags = async () =>
    (await desk.api<{ tags: { id: number; name: string }[] }>('admin', 'GET', '/api/tags')).tags;
  const tags = async () => (await allTags()).map(({ name }) => name);

  it('writes the help of a field, and says at a name why it is refused', async () => {
    await desk.api('admin', 'POST', '/api/fields', { name: 'Sticker', kind: 'text' });
    await desk.api('admin', 'POST', '/api/categories', { name: 'Printers' });
    await desk.api('admin', 'POST', '/api/categories', { name: 'Phones' });
    const page = await desk.openAs('admin', '/desk');
    const phones = page.getByRole('listitem').filter({ hasText: 'Phones' });
    await phones.getByLabel('Description').fill('Fixed and mobile');
    await phones.getByLabel('Name').fill('Printers');
    await phones.getByLabel('Name').blur();
    await page.getByText('There is a category of this name here already.').first().waitFor();
    expect(await phones.getByLabel('Name').inputValue()).toBe('Printers');
    await expectAccessible(page);
    await phones.getByLabel('Name').press('Escape');
    expect(await phones.getByLabel('Name').inputValue()).toBe('Phones');
    await page.getByRole('tab', { name: 'Fields' }).click();
    const row = page.getByRole('listitem').filter({ hasText: 'cf.sticker' });
    await row.getByLabel('Help').fill('On the sticker below the device');
    await row.getByLabel('Help').blur();
    await expect
      .poll(async () => {
        const { fields } = await desk.api<{ fields: Field[] }>('admin', 'GET', '/api/fields');
        return fields.find(({ name }) => name === 'Sticker')?.help;
      })
      .toBe('On the sticker below the device');
    await expectAccessible(page);
    const { categories } = await desk.api<{ categories: { description: string }[] }>(
      'employee',
      'GET',
      '/api/categories',
    );
    expect(categories.map(({ description }) => description)).toContain('Fixed and mobile');
  });

  it('asks before it merges or deletes a tag', async () => {
    // What other journeys left behind.
    for (const { id } of await allTags()) await desk.api('admin', 'DELETE', `/api/tags/${id}`);
    for (const name of ['vpn', 'wlan']) await desk.api('admin', 'POST', '/api/tags', { name });
    const page = await desk.openAs('admin', '/desk');
    await page.getByRole('tab', { name: 'Tags' }).click();
    await page.getByRole('button', { name: 'Delete vpn' }).click();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByLabel('Merge wlan into').first().click();
    await page.getByRole('option', { name: 'vpn' }).click();
    await page.getByRole('dialog', { name: 'Merge wlan into vpn?' }).waitFor();
    expect(await tags()).toEqual(['vpn', 'wlan']);
    await page.getByRole('button', { name: 'Merge tags' }).click();
    await expect.poll(tags).toEqual(['vpn']);
    await page.getByRole('button', { name: 'Delete vpn' }).click();
    await page.getByRole('button', { name: 'Delete tag' }).click();
    await expect.poll(tags).toEqual([]);
    await page.getByText('No tags yet').waitFor();
  });

  it('lets an employee name a person by address, and the staff find everybody', async () => {
    const field = await desk.api<{ id: number }>('admin', 'POST', '/api/fields', {
      ...{ name: 'Stands in', kind: 'user', required: 'create', everywhere: true },
      ...{ employee_view: true, employee_edit: true },
    });
    const employee = await desk.openAs('employee', '/tickets/new', { width: 360, dark: true });
    await employee.getByLabel('What is wrong?').fill('I am away');
    const box = employee.getByLabel('Stands in');
    await box.fill('nobody@example.com');
    await employee.getByRole('button', { name: 'Create ticket' }).click();
    await employee.getByText('There is no active account with this e-mail address.').waitFor();
    await expectNoSidewaysScroll(employee);
    const me = await desk.api<{ email: string; username: string; first_name: string }>(
      'employee',
      'GET',
      '/api/auth/me',
    );
    await box.fill(me.email);
    await employee.getByRole('button', { name: 'Create ticket' }).click();
    await employee.getByRole('heading', { name: 'I am away' }).waitFor();
    const id = Number(employee.url().split('/').pop()?.replace(/\D.*/, ''));
    const read = () => desk.api<Detail>('admin', 'GET', `/api/tickets/${id}`);
    expect((await read()).fields.stands_in?.username).toBe(me.username);

    const staff = await desk.openAs('it_staff', `/tickets/${id}`, { width: 1680 });
    await staff.getByLabel('Stands in').first().click();
    await staff.getByRole('option', { name: new RegExp(`\\(${me.username}\\)`) }).waitFor();
    await staff.keyboard.press('Escape');
    await expectAccessible(staff);
    // The tickets of what comes after have none.
    await desk.api('admin', 'PATCH', `/api/fields/${field.id}`, { archived: true });
  });
});
