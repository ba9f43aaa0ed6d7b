import { expect, it } from 'vitest';
import { expectAccessible, journeys } from './desk.ts';

interface Detail {
  merged_into: number | null;
  status: string;
}

journeys('tickets that belong together', (desk) => {
  it('merges two tickets and takes it back, by keyboard', async () => {
    const { id: a } = await desk.ticket('Beamer is dark');
    const { id: b } = await desk.ticket('Meeting room four');
    const page = await desk.openAs('admin', `/tickets/${a}`);
    await page.keyboard.press('Shift+M');
    await page.getByRole('dialog', { name: `Merge ticket #${a} into…` }).waitFor();
    await page.keyboard.type(`#${b}`);
    await page.getByRole('option', { name: /Meeting room four/ }).waitFor();
    await expect
      .poll(() => page.getByRole('option').first().textContent())
      .toContain('Meeting room four');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Meeting room four' }).waitFor();
    await page.getByText('Beamer is dark').first().waitFor();
    await desk.until(a, { merged_into: b, status: 'closed' });
    await page.getByText(`Merged into #${b}`).first().waitFor();
    await expectAccessible(page);
    await page.keyboard.press('u');
    await page.getByRole('heading', { name: 'Beamer is dark' }).waitFor();
    await desk.until(a, { merged_into: null, status: 'open' });
  });

  it('leads from a merged ticket to what it is a part of, and takes it out again', async () => {
    const { id: a } = await desk.ticket('Left half');
    const { id: b } = await desk.ticket('Right half');
    await desk.api('admin', 'POST', `/api/tickets/${a}/merge`, { ticket_id: b });
    const page = await desk.openAs('admin', `/tickets/${a}`, { width: 1680 });
    await page.getByRole('heading', { name: 'Right half' }).waitFor();
    await page.getByRole('button', { name: `Take ticket #${a} out again` }).click();
    await page.getByRole('heading', { name: 'Left half' }).waitFor();
    const now = await desk.api<Detail>('admin', 'GET', `/api/tickets/${a}`);
    expect(now.merged_into).toBeNull();
  });

  it('links a part to its whole, and splits a ticket in two', async () => {
    const { id: whole } = await desk.ticket('Move to the new floor');
    const { id: part } = await desk.ticket('Cables on the new floor');
    await desk.api('employee', 'POST', `/api/tickets/${part}/add_comment`, {
      content: 'And the phone is dead, too.',
    });
    const page = await desk.openAs('admin', `/tickets/${part}`);
    await page.keyboard.press('Shift+K');
    await page.getByRole('dialog', { name: /^How ticket/ }).waitFor();
    await page.keyboard.type('is a part');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog', { name: 'Is a part of…' }).waitFor();
    await page.keyboard.type(`#${whole}`);
    await page.getByRole('option', { name: /Move to the new floor/ }).click();
    await page
      .getByRole('link', { name: /Move to the new floor/ })
      .first()
      .waitFor();
    await desk.until(whole, { children: { done: 0, total: 1 } });
    await page.keyboard.press('Shift+S');
    const dialog = page.getByRole('dialog', { name: `Split ticket #${part} in two` });
    await dialog.getByLabel('Title of the new ticket').fill('Dead phone');
    await dialog.getByRole('checkbox', { name: /phone is dead/ }).check();
    await expectAccessible(page);
    await dialog.getByRole('button', { name: 'Split the ticket' }).click();
    await page.getByRole('heading', { name: 'Dead phone' }).waitFor();
    await page.getByText('And the phone is dead, too.').waitFor();
    await page.keyboard.press('u');
    await page.getByRole('heading', { name: 'Cables on the new floor' }).waitFor();
    await page.getByText('And the phone is dead, too.').waitFor();
  });
});

journeys('work that waits', (desk) => {
  it('snoozes a ticket by keyboard, and a reply wakes it', async () => {
    const { id } = await desk.ticket('Waits for a part');
    const page = await desk.openAs('admin', `/tickets/${id}`, { width: 1680 });
    await page.keyboard.press('z');
    await page.getByRole('dialog', { name: /^Snooze ticket/ }).waitFor();
    await page.keyboard.type('tom');
    await page.keyboard.press('Enter');
    await page.getByText(/^Snoozed until/).waitFor();
    await page.keyboard.press('u');
    await page.getByText(/^Snoozed until/).waitFor({ state: 'detached' });
    await desk.until(id, { snooze: null });
    await page.keyboard.press('z');
    await page.getByRole('dialog', { name: /^Snooze ticket/ }).waitFor();
    await page.keyboard.type('until some');
    await page.keyboard.press('Enter');
    await page.getByText('Snoozed until a reply').waitFor();
    await expectAccessible(page);
    const list = await desk.openAs('admin', '/tickets?view=unassigned&q=Waits');
    await list
      .getByText('No tickets match')
      .or(list.getByText(/No ticket/))
      .first()
      .waitFor();
    await desk.api('employee', 'POST', `/api/tickets/${id}/add_comment`, {
      content: 'It is here.',
    });
    await page.getByText('Woken', { exact: true }).waitFor();
    await list.reload();
    await list.getByRole('link', { name: /Waits for a part/ }).waitFor();
  });

  it('sets by hand by when a ticket is due', async () => {
    const { id } = await desk.ticket('Until Friday');
    const page = await desk.openAs('admin', `/tickets/${id}`, { width: 1680 });
    await page.keyboard.press('d');
    await page.getByRole('dialog', { name: `Ticket #${id} is due…` }).waitFor();
    await page.keyboard.type('fri');
    await page.keyboard.press('Enter');
    await page.getByText('(by hand)').waitFor();
    await desk.until(id, { due_source: 'manual' });
    await page.keyboard.press('u');
    await desk.until(id, { due_source: null, due_at: null });
  });
});

journeys('what is to be done, and how long it took', (desk) => {
  it('works through a checklist and measures the time', async () => {
    const { id } = await desk.ticket('New laptop');
    const page = await desk.openAs('admin', `/tickets/${id}`, { width: 1680 });
    await page.getByLabel('Add to the checklist').fill('Order it\nSet it up');
    await page
      .getByRole('region', { name: 'Checklist' })
      .getByRole('button', { name: 'Add' })
      .click();
    await page.getByText('0 of 2 done').waitFor();
    await page.getByRole('checkbox', { name: 'Order it' }).check();
    await page.getByText('1 of 2 done').waitFor();
    await page.getByRole('button', { name: 'Required before resolving: Set it up' }).click();
    await expect
      .poll(() =>
        page
          .getByRole('button', { name: 'Required before resolving: Set it up' })
          .getAttribute('aria-pressed'),
      )
      .toBe('true');
    await page.keyboard.press('Escape');
    await page.goto(`/tickets/${id}`);
    await page.getByText('1 of 2 done').waitFor();
    await page.getByRole('button', { name: 'Resolve the ticket' }).click();
    await page
      .getByText(/Required items of its checklist/)
      .first()
      .waitFor();
    await desk.until(id, { status: 'open', checklist: { done: 1, total: 2 } });

    await page.getByRole('button', { name: 'Start the timer' }).click();
    await page.getByRole('button', { name: /^Stop the timer/ }).waitFor();
    await page.reload();
    await page.getByRole('button', { name: /^Stop the timer/ }).click();
    await page.getByText('0:01').first().waitFor();
    await page.getByLabel('Minutes').fill('25');
    await page.getByRole('textbox', { name: 'What was done' }).fill('Unpacked');
    await page.getByRole('region', { name: 'Time' }).getByRole('button', { name: 'Add' }).click();
    await page.getByText('0:26').waitFor();
    await expectAccessible(page);
  });
});
