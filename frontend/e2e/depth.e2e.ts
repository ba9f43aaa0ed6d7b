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

journeys('what the keys do about work', (desk) => {
  it('starts and stops the timer, adds to the checklist, puts it into order, changes times', async () => {
    const { id } = await desk.ticket('Keys at work');
    const page = await desk.openAs('admin', `/tickets/${id}`, { width: 1680 });
    await page.getByRole('heading', { name: 'Keys at work' }).waitFor();
    await page.keyboard.press('l');
    await page.getByRole('button', { name: /^Stop the timer/ }).waitFor();
    await page.keyboard.press('l');
    await page.getByRole('button', { name: 'Start the timer' }).waitFor();
    await page.getByRole('button', { name: /^Change 0:01 of/ }).click();
    await page.getByLabel('Minutes worked').fill('90');
    await page.getByLabel('What this time was for').fill('Cables');
    await page.keyboard.press('Enter');
    await page.getByText('1:30').first().waitFor();
    await page.getByRole('button', { name: /^Change 1:30 of/ }).waitFor();
    await page.keyboard.press('u');
    await page.getByRole('button', { name: /^Change 0:01 of/ }).waitFor();

    await page.keyboard.press('y');
    const dialog = page.getByRole('dialog', { name: `Add to the checklist of ticket #${id}` });
    await dialog.getByLabel('One item per line').fill('First\nSecond\nThird');
    await expectAccessible(page);
    await page.keyboard.press('Control+Enter');
    await page.getByText('0 of 3 done').waitFor();
    const list = page.getByRole('region', { name: 'Checklist' });
    const order = () =>
      list
        .getByRole('checkbox')
        .evaluateAll((boxes) =>
          boxes.map((box) => box.closest('li')?.textContent?.replace('!', '').trim()),
        );
    await list.getByRole('checkbox', { name: 'Third' }).focus();
    await page.keyboard.press('Alt+ArrowUp');
    await expect.poll(order).toEqual(['First', 'Third', 'Second']);
    await page.reload();
    await page.getByText('0 of 3 done').waitFor();
    await expect.poll(order).toEqual(['First', 'Third', 'Second']);
    await list.getByRole('button', { name: 'Move Second' }).click();
    await page.getByRole('menuitem', { name: 'To the top' }).click();
    await expect.poll(order).toEqual(['Second', 'First', 'Third']);
    await expectAccessible(page);
  }, 150_000);

  it('shows in each window whether the timer runs, and cuts no button off', async () => {
    const { id } = await desk.ticket('Two windows');
    const page = await desk.openAs('admin', `/tickets/${id}`, { width: 1440 });
    await page.getByRole('button', { name: 'Start the timer' }).click();
    await page.getByRole('button', { name: /^Stop the timer/ }).waitFor();
    const other = await page.context().newPage();
    await other.goto(`/tickets/${id}`);
    await other.getByRole('button', { name: /^Stop the timer/ }).click();
    await other.getByRole('button', { name: 'Start the timer' }).waitFor();
    await page.getByRole('button', { name: 'Start the timer' }).waitFor();
    const cut = await page
      .getByRole('region', { name: /Linked tickets/ })
      .getByRole('button')
      .evaluateAll((buttons) =>
        buttons
          .flatMap((button) => [...button.querySelectorAll('span')])
          .filter((part) => part.scrollWidth > part.clientWidth + 1 && part.clientWidth > 0)
          .map((part) => part.textContent),
      );
    expect(cut).toEqual([]);
    await other.close();
  });

  it('adds the hours up in a report that leads to the tickets', async () => {
    const { id } = await desk.ticket('Took an hour');
    await desk.api('admin', 'POST', `/api/tickets/${id}/time_entries`, { minutes: 60, note: 'x' });
    const page = await desk.openAs('admin', '/reports/time');
    await page.getByRole('table').getByRole('link', { name: /ada/ }).click();
    await page.getByRole('link', { name: new RegExp(`#${id} Took an hour`) }).waitFor();
    await expectAccessible(page);
    await page.getByLabel('Added up by').selectOption('Tag');
    await page.getByRole('link', { name: 'No tag' }).waitFor();
    await page.getByLabel('Added up by').selectOption('Category');
    await page.getByRole('link', { name: 'No category' }).waitFor();
    const saving = page.waitForEvent('download');
    await page.getByRole('button', { name: 'This table as CSV' }).click();
    expect((await saving).suggestedFilename()).toMatch(/^time-by-category-.*\.csv$/);
    const phone = await desk.openAs('it_staff', '/reports/time', { width: 360, dark: true });
    await phone.getByRole('heading', { name: 'Time report' }).waitFor();
    await expectAccessible(phone);
  });

  it('brings a deleted template back', async () => {
    const page = await desk.openAs('admin', '/tickets/new');
    await page.getByLabel('What is wrong?').fill('Set up a notebook');
    await page.getByRole('button', { name: 'Keep this form as a template' }).click();
    const dialog = page.getByRole('dialog', { name: 'New template' });
    await dialog.getByLabel('Name').fill('Newcomer');
    await dialog.getByLabel('Checklist: one item per line').fill('Order it');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('button', { name: 'Delete the template' }).click();
    await page.getByText('Template “Newcomer” deleted', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Delete the template' }).waitFor({ state: 'detached' });
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: /^Undo/ }).first().click();
    await page.getByRole('button', { name: 'Delete the template' }).waitFor();
    await page.getByRole('button', { name: 'Create ticket' }).click();
    await page.getByRole('heading', { name: 'Set up a notebook' }).waitFor();
    // The panel is folded away at this width.
    await page.getByText('0 of 1 done').waitFor({ state: 'attached' });
  });
});
