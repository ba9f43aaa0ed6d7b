import { expect, it } from 'vitest';
import { expectAccessible, expectNoSidewaysScroll, journeys, people, signIn } from './desk.ts';

journeys('on a phone', (desk) => {
  it('signs in, finds a ticket, answers it and goes back', async () => {
    const { id } = await desk.ticket('Pocket size');
    const page = await desk.open('/sign-in?next=/tickets', { width: 360, height: 740 });
    await signIn(page, people.it_staff);
    await page.getByRole('link', { name: /Pocket size/ }).click();
    await page.getByRole('heading', { level: 1, name: 'Pocket size' }).waitFor();
    await expectNoSidewaysScroll(page);
    const description = await page.getByText('It does not work.').boundingBox();
    expect(description?.y).toBeLessThan(560);
    // Taken without unfolding anything.
    const take = page.getByRole('button', { name: 'Assign to me' });
    await take.click();
    await take.waitFor({ state: 'detached' });
    await desk.until(id, { assigned_to: { username: people.it_staff } });
    await page.getByRole('textbox', { name: 'Reply' }).fill('On my way.');
    await page.getByRole('button', { name: 'Send reply' }).click();
    await page.getByRole('button', { name: 'Send the reply now' }).click();
    await desk.until(id, { comment_count: 1 });
    await page.getByRole('navigation', { name: 'Back' }).getByRole('link').click();
    await page.getByRole('heading', { level: 1, name: 'All tickets' }).waitFor();
    await expectNoSidewaysScroll(page);
  });

  it('reaches what administrators have behind one button', async () => {
    const page = await desk.openAs('admin', '/tickets', { width: 360, height: 740 });
    const bar = page.getByRole('navigation', { name: 'Main' }).last();
    const more = bar.getByRole('button', { name: 'More' });
    await more.click();
    await bar.getByRole('link', { name: 'Ticket setup' }).waitFor();
    await expectAccessible(page);
    await page.keyboard.press('Escape');
    await bar.getByRole('link', { name: 'Ticket setup' }).waitFor({ state: 'detached' });
    await more.click();
    await bar.getByRole('link', { name: 'Teams' }).click();
    await page.getByRole('heading', { level: 1, name: 'Teams' }).waitFor();
    expect(await bar.getByRole('link', { name: 'Ticket setup' }).count()).toBe(0);
    await expectNoSidewaysScroll(page);
  });
});
