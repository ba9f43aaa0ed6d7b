import type { Locator, Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { expectAccessible, journeys, written } from './desk.ts';

const rich = (page: Page, name = 'Reply') =>
  page.locator(`[contenteditable="true"][aria-label="${name}"]`);

/** Pastes as the browser does. */
const paste = (box: Locator, data: Record<string, string>) =>
  box.evaluate((element, kinds) => {
    const clipboardData = new DataTransfer();
    for (const [kind, text] of Object.entries(kinds)) clipboardData.setData(kind, text);
    const event = { clipboardData, bubbles: true, cancelable: true };
    element.dispatchEvent(new ClipboardEvent('paste', event));
  }, data);

journeys('Writing', (desk) => {
  const draftOf = async (id: number, kind: string) => {
    const { results } = await desk.api<{
      results: { ticket_id: number; kind: string; content: string }[];
    }>('it_staff', 'GET', '/api/drafts');
    return results.find((one) => one.ticket_id === id && one.kind === kind)?.content;
  };

  it('formats while one types, and keeps Markdown', async () => {
    const { id } = await desk.ticket('Rich text');
    const page = await desk.openAs('it_staff', `/tickets/${id}`);
    await page.keyboard.press('r');
    await rich(page).waitFor();
    await page.keyboard.type('Hello **Erin**, it is `off`.');
    await page.keyboard.press('Enter');
    await page.keyboard.type('- one');
    await page.keyboard.press('Enter');
    await page.keyboard.type('two *stars');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    await page.keyboard.type('Ask @ad');
    await page.getByRole('listbox', { name: 'People to mention' }).waitFor();
    await page.keyboard.press('Enter');
    await page.keyboard.type('about it :tad');
    await page.getByRole('listbox', { name: 'Emoji' }).waitFor();
    await page.keyboard.press('Enter');
    await rich(page).locator('strong').getByText('Erin').waitFor();
    expect(await rich(page).locator('li').count()).toBe(2);
    const markdown =
      'Hello **Erin**, it is `off`.\n\n- one\n- two \\*stars\n\nAsk @ada about it 🎉 ';
    await expect.poll(() => draftOf(id, 'reply')).toBe(markdown.trimEnd());
    await expectAccessible(page);

    // What was written survives a reload, and is the same in the other box.
    await page.reload();
    await page.getByRole('heading', { name: 'Rich text' }).waitFor();
    await page.getByText('Draft saved').waitFor();
    await page.keyboard.press('r');
    await rich(page).locator('strong').getByText('Erin').waitFor();
    await page.getByRole('button', { name: 'Write Markdown' }).first().click();
    const plain = page.locator('textarea[data-composer="reply"]');
    await plain.waitFor();
    expect(await plain.inputValue()).toBe(markdown.trimEnd());
    await plain.focus();
    await page.keyboard.press('Control+End');
    await page.keyboard.type(' _soon_');
    await page.getByRole('button', { name: 'Write formatted text' }).first().click();
    await rich(page).locator('em').getByText('soon').waitFor();
    await page.keyboard.type('!');
    await page.keyboard.press('Control+Enter');
    await page.getByRole('button', { name: 'Send the reply now' }).click();
    await expect
      .poll(async () => {
        const ticket = await desk.api<{ comments: { content: string }[] }>(
          'it_staff',
          'GET',
          `/api/tickets/${id}`,
        );
        return ticket.comments.map((one) => one.content);
      })
      .toContain(`${markdown.trimEnd()} *soon!*`);
    expect(await written(page.getByRole('textbox', { name: 'Reply' }))).toBe('');
  });

  it('takes over text and caret from the plain box, between two keys', async () => {
    const { id } = await desk.ticket('Slow network');
    let release = () => {};
    const released = new Promise<void>((done) => {
      release = done;
    });
    const page = await desk.openAs('it_staff', '/');
    await page.route('**/assets/rich-box*.js', async (route) => {
      await released;
      await route.continue();
    });
    await page.goto(`/tickets/${id}`);
    await page.getByRole('heading', { name: 'Slow network' }).waitFor();
    await page.keyboard.press('r');
    await page.keyboard.type('one three ');
    for (let back = 0; back < 6; back += 1) await page.keyboard.press('ArrowLeft');
    release();
    await rich(page).waitFor();
    await page.keyboard.type('two ');
    await expect.poll(() => written(rich(page))).toBe('one two three');
    // Escape leaves it; then the keys of the page act again.
    await page.keyboard.press('Escape');
    await page.keyboard.press('n');
    await rich(page, 'Internal note').waitFor();
  });

  it('keeps the drafts of replies and notes apart', async () => {
    const { id } = await desk.ticket('Two boxes');
    const page = await desk.openAs('it_staff', `/tickets/${id}`);
    await page.keyboard.press('n');
    await rich(page, 'Internal note').waitFor();
    await page.keyboard.type('Not for **Erin**');
    await expect.poll(() => draftOf(id, 'note')).toBe('Not for **Erin**');
    expect(await draftOf(id, 'reply')).toBeUndefined();
    await page.getByRole('tab', { name: 'Reply to requester' }).click();
    await rich(page).waitFor();
    expect(await written(rich(page))).toBe('');
    await page.keyboard.type('For Erin');
    await page.keyboard.press('Control+z');
    await page.keyboard.press('Control+y');
    await expect.poll(() => draftOf(id, 'reply')).toBe('For Erin');
    await page.reload();
    await page.getByRole('heading', { name: 'Two boxes' }).waitFor();
    await page.keyboard.press('r');
    await rich(page).waitFor();
    await expect.poll(() => written(rich(page))).toBe('For Erin');
    await page.getByRole('tab', { name: 'Internal note' }).click();
    await expect.poll(() => written(rich(page, 'Internal note'))).toBe('Not for Erin');
    expect(await draftOf(id, 'note')).toBe('Not for **Erin**');
  });

  it('cleans what is pasted', async () => {
    const { id } = await desk.ticket('Pasted');
    const page = await desk.openAs('it_staff', `/tickets/${id}`);
    await page.keyboard.press('r');
    const box = rich(page);
    await box.waitFor();
    await paste(box, {
      'text/html':
        '<meta charset=utf-8><style>p{color:red}</style><p style="color:red" onclick="x()">A <b>bold</b> ' +
        '<a href="javascript:x()">no</a> <a href="https://example.org">yes</a><img src="https://trap.example/x"></p>',
    });
    await expect.poll(() => draftOf(id, 'reply')).toBe('A **bold** no [yes](https://example.org)');
    expect(await box.locator('[style],[onclick],img,style').count()).toBe(0);
    // The browser reports what the sanitiser reads, although it could not run there either.
    desk.complaints.length = 0;
    await page.keyboard.press('Control+a');
    await page.keyboard.press('Delete');
    await paste(box, {
      'text/html':
        '<table><tr><td class=xl65>Name</td><td>Room</td></tr><tr><td>Erin</td><td>12</td></tr></table>',
      'text/plain': 'Name\tRoom\nErin\t12',
    });
    await expect.poll(() => draftOf(id, 'reply')).toContain('| Erin | 12 |');
    await page.keyboard.press('Control+a');
    await page.keyboard.press('Delete');
    await paste(box, { 'text/plain': '1. **first**\n2. second' });
    await expect.poll(() => draftOf(id, 'reply')).toContain('1. **first**\n2. second');
  });

  it('finds an emoji and sets a link by the keyboard', async () => {
    const { id } = await desk.ticket('Emoji');
    const page = await desk.openAs('it_staff', `/tickets/${id}`);
    await page.keyboard.press('r');
    await rich(page).waitFor();
    await page.getByRole('button', { name: 'Emoji' }).first().click();
    await page.getByRole('textbox', { name: 'Find an emoji' }).fill('rocket');
    await page.getByRole('option', { name: 'rocket' }).first().waitFor();
    await expectAccessible(page);
    await page.keyboard.press('Enter');
    await page.keyboard.type(' off ');
    await page.getByRole('button', { name: 'Link' }).first().click();
    await page.keyboard.type('example.org/x');
    await page.keyboard.press('Enter');
    await expect
      .poll(() => draftOf(id, 'reply'))
      .toBe(
        '🚀 off [https://example.org/x](https://example.org/x)'.replace(/\[.*\]\((.*)\)/, '$1'),
      );
  });
});
