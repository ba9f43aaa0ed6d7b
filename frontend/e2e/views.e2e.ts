import { expect, it } from 'vitest';
import { expectAccessible, expectNoSidewaysScroll, journeys, said } from './desk.ts';

journeys('saved views', (desk) => {
  it('are kept, counted live, shared, arranged, deleted and brought back', async () => {
    await desk.ticket('Toaster on floor 1');
    const page = await desk.openAs('it_staff', '/tickets', { width: 1400 });
    const search = page.getByRole('searchbox', { name: 'Search tickets' });
    await search.fill('toaster status:unfinished');
    await search.press('Enter');
    await page.waitForURL(/q=toaster/);
    await page.getByRole('link', { name: /Toaster on floor 1/ }).waitFor();
    await page.getByRole('button', { name: 'Save view' }).click();
    const dialog = page.getByRole('dialog', { name: 'Save view' });
    await dialog.getByRole('textbox', { name: 'Name' }).fill('Toasters');
    await dialog.getByRole('textbox', { name: 'Emoji' }).fill('🍞');
    await expectAccessible(page);
    // A query that cannot be understood is explained where it stands.
    await dialog.getByRole('textbox', { name: 'Search' }).fill('toaster status:dead');
    await dialog.getByRole('button', { name: 'Save view' }).click();
    await dialog.getByText(/status: knows no "dead".*at character/).waitFor();
    await dialog.getByRole('textbox', { name: 'Search' }).fill('toaster status:unfinished');
    await dialog.getByLabel('Share with').selectOption('IT staff and administrators');
    await dialog.getByRole('button', { name: 'Save view' }).click();
    await said(page, 'View “Toasters” saved');
    await page.getByRole('heading', { level: 1, name: '🍞 Toasters' }).waitFor();
    const rail = page.getByRole('navigation', { name: 'Main' }).first();
    await rail.getByRole('link', { name: 'Toasters 1' }).waitFor();

    // The number beside it follows by itself, also for a colleague who has it by now.
    const colleague = await desk.openAs('admin', '/', { width: 1400 });
    const theirs = colleague.getByRole('navigation', { name: 'Main' }).first();
    await theirs.getByRole('link', { name: 'Toasters 1' }).waitFor();
    const second = await desk.ticket('Toaster on floor 2');
    await rail.getByRole('link', { name: 'Toasters 2' }).waitFor();
    await theirs.getByRole('link', { name: 'Toasters 2' }).waitFor();
    await desk.api('admin', 'POST', `/api/tickets/${second.id}/update_status`, {
      status: 'closed',
    });
    await rail.getByRole('link', { name: 'Toasters 1' }).waitFor();
    await theirs.getByRole('link', { name: 'Toasters 1' }).click();
    await colleague.getByRole('link', { name: /Toaster on floor 1/ }).waitFor();

    // A second one, by its key, of what is shown now.
    await search.fill('waffle');
    await search.press('Enter');
    await page.waitForURL(/q=waffle/);
    await page.getByRole('heading', { level: 1 }).click();
    await page.keyboard.press('Shift+V');
    await dialog.getByRole('textbox', { name: 'Name' }).fill('Waffles');
    await dialog.getByRole('textbox', { name: 'Emoji' }).fill('');
    await dialog.getByLabel('Share with').selectOption('Nobody else');
    await dialog.getByRole('button', { name: 'Save as a new view' }).click();
    await page.getByRole('heading', { level: 1, name: 'Waffles' }).waitFor();
    const names = async () =>
      (await rail.getByRole('link', { name: /Toasters|Waffles/ }).allInnerTexts()).map(
        (text) => /Toasters|Waffles/.exec(text)?.[0],
      );
    await expect.poll(names).toEqual(['Toasters', 'Waffles']);

    // The order, by keys.
    await page.keyboard.press('g');
    await page.keyboard.press('v');
    const arrange = page.getByRole('dialog', { name: 'Arrange views' });
    await arrange.getByRole('button', { name: 'Edit “Waffles”' }).focus();
    await expectAccessible(page);
    await page.keyboard.press('Alt+ArrowUp');
    await expect.poll(names).toEqual(['Waffles', 'Toasters']);
    await arrange.getByRole('button', { name: 'Delete “Waffles”' }).click();
    await page.keyboard.press('Escape');
    await rail.getByRole('link', { name: 'Waffles' }).waitFor({ state: 'detached' });
    await page.keyboard.press('u');
    await rail.getByRole('link', { name: 'Waffles' }).waitFor();
    await page.reload();
    await expect.poll(names).toEqual(['Waffles', 'Toasters']);

    // The palette goes there; a link that only names a view has its query.
    await page.keyboard.press('Control+k');
    await page.keyboard.type('toasters');
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: /Toaster on floor 1/ }).waitFor();
    const id = new URL(page.url()).searchParams.get('view');
    await page.goto(`/tickets?view=${id}`);
    await page.waitForURL(/q=toaster/);
    // A colleague looks after what is not theirs only as far as they may.
    await colleague.keyboard.press('g');
    await colleague.keyboard.press('v');
    await colleague.getByRole('button', { name: 'Edit “Toasters”' }).click();
    const edit = colleague.getByRole('dialog', { name: 'Edit view' });
    await edit.getByRole('textbox', { name: 'Name' }).fill('All toasters');
    await edit.getByRole('button', { name: 'Save changes' }).click();
    await rail.getByRole('link', { name: 'All toasters 1' }).waitFor();
  });

  it('stand above the list on a phone', async () => {
    await desk.api('it_staff', 'POST', '/api/views', { name: 'Phones', q: 'phone' });
    const page = await desk.openAs('it_staff', '/tickets', { width: 360, height: 740 });
    await page
      .getByRole('navigation', { name: 'Views' })
      .getByRole('link', { name: 'Phones' })
      .click();
    await page.waitForURL(/q=phone/);
    await expectNoSidewaysScroll(page);
    await expectAccessible(page);
  });
});
