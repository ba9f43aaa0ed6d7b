import { expect, it } from 'vitest';
import { expectAccessible, journeys, people } from './desk.ts';

journeys('Beside the conversation', (desk) => {
  it('shows other tickets of the requester, and what is new since one last looked', async () => {
    const other = await desk.ticket('The other one');
    const { id } = await desk.ticket('This one');
    const stan = await desk.openAs('it_staff', `/tickets/${id}`);
    // Beside the list there is no room for a third column: the description comes first.
    const details = stan.getByRole('button', { name: 'Details' });
    expect(await details.getAttribute('aria-expanded')).toBe('false');
    const description = await stan.getByText('It does not work.').boundingBox();
    expect(description && description.y + description.height).toBeLessThan(500);
    await details.click();
    const others = stan.getByRole('region', { name: `Other tickets of ${people.employee}` });
    await others.getByRole('link', { name: /The other one/ }).waitFor();
    expect(await others.getByRole('link', { name: /This one/ }).count()).toBe(0);
    expect(await stan.getByRole('region', { name: 'Since you last looked' }).count()).toBe(0);
    await others.getByRole('link', { name: /The other one/ }).click();
    await stan.getByRole('heading', { name: 'The other one' }).waitFor();
    expect(stan.url()).toContain(`/tickets/${other.id}`);

    // A section stays folded.
    await stan.getByRole('button', { name: 'Details' }).click();
    const fold = stan.getByRole('button', { name: `Other tickets of ${people.employee}` });
    await fold.click();
    expect(await stan.getByRole('link', { name: /^#.*This one/ }).count()).toBeLessThan(2);
    await stan.reload();
    await stan.getByRole('button', { name: 'Details' }).click();
    await fold.waitFor();
    expect(await fold.getAttribute('aria-expanded')).toBe('false');

    // Meanwhile: enough that the first of it is not on the screen by itself.
    await desk.api('admin', 'POST', `/api/tickets/${id}/update_status`, { status: 'in_progress' });
    for (let n = 1; n <= 12; n += 1) {
      const content = `News ${n}\n\n${'and so on\n'.repeat(6)}`;
      await desk.api('admin', 'POST', `/api/tickets/${id}/add_comment`, { content });
    }
    await stan.goto(`/tickets/${id}`);
    const news = stan.getByRole('region', { name: 'Since you last looked' });
    await news.getByText('Status: Open → In progress').waitFor();
    await news.getByText('12 new messages').waitFor();
    const mark = stan.locator('[data-first-new]');
    await expect
      .poll(() => mark.evaluate((element) => element.getBoundingClientRect().top))
      .toBeLessThan(400);
    // The title stays on top, the box to answer at the bottom.
    await stan.getByText('News 12').scrollIntoViewIfNeeded();
    const title = stan.getByRole('heading', { name: 'This one' });
    expect((await title.boundingBox())?.y).toBeLessThan(200);
    const box = await stan.getByRole('textbox', { name: 'Reply' }).boundingBox();
    expect(box && box.y + box.height).toBeLessThanOrEqual(800);
    await expectAccessible(stan);
  });

  it('asks before one sends while somebody else is typing', async () => {
    const { id } = await desk.ticket('Four hands');
    const stan = await desk.openAs('it_staff', `/tickets/${id}`);
    const ada = await desk.openAs('admin', `/tickets/${id}`);
    await stan.getByRole('textbox', { name: 'Reply' }).fill('Mine');
    await ada.getByText(`${people.it_staff} is typing`).waitFor();
    await ada.getByRole('textbox', { name: 'Reply' }).fill('Hers');
    await stan.getByText(`${people.admin} is typing`).first().waitFor();
    await stan.getByRole('button', { name: 'Send reply' }).click();
    await stan.getByText('Somebody else is writing').waitFor();
    await stan.getByRole('button', { name: 'Send anyway' }).click();
    await stan.getByText('About to be sent').waitFor();
  });
});
