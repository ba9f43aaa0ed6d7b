import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { expectAccessible, journeys, people, said, written } from './desk.ts';

/** A tab in the background, as its page hears of it: a browser without a window hides none. */
async function hide(page: Page, hidden: boolean): Promise<void> {
  await page.evaluate(
    (state) => {
      Object.defineProperty(document, 'visibilityState', { value: state, configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
    },
    hidden ? 'hidden' : 'visible',
  );
}

const reply = (page: Page) => page.getByRole('textbox', { name: 'Reply' });

journeys('Two agents on one ticket', (desk) => {
  it('see in the list and in the ticket who looks, types and is away', async () => {
    const { id } = await desk.ticket('Who is there');
    const stan = await desk.openAs('it_staff', `/tickets/${id}`);
    const ada = await desk.openAs('admin', '/tickets?q="Who is there"');
    const row = ada.getByRole('link', { name: /Who is there/ });
    await row.getByText(`Open at: ${people.it_staff}`).waitFor();
    await reply(stan).fill('A moment');
    await row.getByText(`Typing: ${people.it_staff}`).waitFor();
    await expectAccessible(ada);
    await row.getByText(`Open at: ${people.it_staff}`).waitFor();
    await hide(stan, true);
    await row.getByText(`Open, but away: ${people.it_staff}`).waitFor();
    await row.click();
    await ada.getByRole('heading', { level: 1, name: 'Who is there' }).waitFor();
    await ada.getByText(`${people.it_staff} is away`).waitFor();
    await hide(stan, false);
    await ada.getByText(`${people.it_staff} is looking`).waitFor();
    await stan.goto('/');
    await ada.getByText(`${people.it_staff} is looking`).waitFor({ state: 'detached' });
  });

  it('are asked before an answer follows one that they have not seen', async () => {
    const { id } = await desk.ticket('Both answer');
    const stan = await desk.openAs('it_staff', `/tickets/${id}`);
    await reply(stan).fill('Turn it off and on.');
    // What comes in the meantime does not reach this window before it sends.
    const away = async (hold: boolean) => {
      const pattern = `**/api/tickets/${id}`;
      if (hold) await stan.route(pattern, (route) => route.abort());
      else await stan.unroute(pattern);
    };
    await away(true);
    await desk.api('admin', 'POST', `/api/tickets/${id}/add_comment`, { content: 'I have it.' });
    await stan.getByRole('button', { name: 'Send and resolve' }).click();
    const warning = stan.getByRole('alert').filter({ hasText: 'Somebody answered meanwhile' });
    await warning.waitFor();
    await away(false);
    await desk.until(id, { status: 'open', comment_count: 1 });
    expect(await written(reply(stan))).toBe('Turn it off and on.');
    await expectAccessible(stan);
    await warning.getByRole('button', { name: 'Keep editing' }).click();
    await warning.waitFor({ state: 'detached' });
    await stan.getByText('I have it.', { exact: true }).waitFor();
    await reply(stan).fill('As Ada says.');
    await stan.getByRole('button', { name: 'Send and resolve' }).click();
    await stan.getByRole('button', { name: 'Send the reply now' }).click();
    await desk.until(id, { status: 'resolved', comment_count: 2 });
  });

  it('merge what they changed in different fields, and choose where it is the same', async () => {
    const { id } = await desk.ticket('First words');
    const stan = await desk.openAs('it_staff', `/tickets/${id}`);
    const edit = async () => {
      await stan.getByRole('button', { name: 'Edit ticket' }).click();
      await stan.getByRole('textbox', { name: 'Title' }).waitFor();
    };
    const title = stan.getByRole('textbox', { name: 'Title' });

    await edit();
    await title.fill('Better words');
    await desk.api('admin', 'PATCH', `/api/tickets/${id}`, { description: 'It smokes.' });
    await stan.getByRole('button', { name: 'Save ticket' }).click();
    await said(stan, 'Ticket saved, with what somebody else changed');
    await desk.until(id, { title: 'Better words', description: 'It smokes.' });

    await edit();
    await title.fill('My words');
    await desk.api('admin', 'PATCH', `/api/tickets/${id}`, { title: 'Her words' });
    await stan.getByRole('button', { name: 'Save ticket' }).click();
    const both = stan.getByRole('alert').filter({ hasText: 'Somebody changed this ticket' });
    await both.getByRole('region', { name: 'Your version' }).getByText('My words').waitFor();
    await both.getByText('Her words').waitFor();
    await desk.until(id, { title: 'Her words' });
    await expectAccessible(stan);
    await both.getByRole('button', { name: 'Save what is chosen' }).click();
    await stan.getByRole('heading', { level: 1, name: 'My words' }).waitFor();
    await desk.until(id, { title: 'My words', description: 'It smokes.' });

    await edit();
    await title.fill('Again mine');
    await desk.api('admin', 'PATCH', `/api/tickets/${id}`, { title: 'Again hers' });
    await stan.getByRole('button', { name: 'Save ticket' }).click();
    await both.getByRole('radio', { name: 'Take the version on the server' }).check();
    await both.getByRole('button', { name: 'Save what is chosen' }).click();
    await stan.getByRole('heading', { level: 1, name: 'Again hers' }).waitFor();
    await desk.until(id, { title: 'Again hers' });
  });

  it('answers and resolves by one key, also from formatted text, and takes both back', async () => {
    const { id } = await desk.ticket('One key');
    const stan = await desk.openAs('it_staff', `/tickets/${id}`);
    await stan.keyboard.press('r');
    const rich = stan.locator('[contenteditable="true"][aria-label="Reply"]');
    await rich.waitFor();
    await stan.keyboard.type('All **done**.');
    await stan.keyboard.press('Control+Shift+Enter');
    await stan.getByText('About to be sent').waitFor();
    expect(await written(rich)).toBe('');
    await stan.getByRole('button', { name: 'Take back' }).click();
    await expect.poll(() => written(rich)).toBe('All done.');
    await desk.until(id, { status: 'open', comment_count: 0 });
    await stan.keyboard.press('Control+Shift+Enter');
    await stan.getByRole('button', { name: 'Send the reply now' }).click();
    await stan.getByRole('button', { name: 'Status Resolved' }).waitFor();
    const { comments } = await desk.api<{
      comments: { content: string; is_system_message: boolean }[];
    }>('admin', 'GET', `/api/tickets/${id}`);
    const texts = comments.filter((one) => !one.is_system_message).map(({ content }) => content);
    expect(texts).toEqual(['All **done**.']);

    // The button went; the focus is where the text came from. In a note's box the key does
    // nothing: what is written there tells the requester nothing.
    await expect.poll(() => rich.evaluate((box) => box === document.activeElement)).toBe(true);
    await stan.keyboard.press('Escape');
    await stan.keyboard.press('Shift+O');
    await desk.until(id, { status: 'open' });
    await stan.keyboard.press('n');
    const note = stan.locator('[contenteditable="true"][aria-label="Internal note"]');
    await note.waitFor();
    await stan.keyboard.type('For us');
    await stan.keyboard.press('Control+Shift+Enter');
    await stan.waitForTimeout(300);
    expect(await written(note)).toBe('For us');
    await stan.keyboard.press('Control+Enter');
    await stan.getByText('Internal note, about to be added').waitFor();
    await desk.until(id, { status: 'open' });
  });
});
