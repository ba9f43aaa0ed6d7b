import { expect, it } from 'vitest';
import { expectAccessible, expectNoSidewaysScroll, journeys } from './desk.ts';

journeys('rules', (desk) => {
  it('are put together, tried, and act on the next ticket, which says so', async () => {
    await desk.ticket('Projector is dark');
    const page = await desk.openAs('admin', '/rules', { width: 1400 });
    await page.getByText('No rules yet').waitFor();
    await page.getByRole('button', { name: 'New rule' }).click();
    const dialog = page.getByRole('dialog', { name: 'New rule' });
    await dialog.getByRole('textbox', { name: 'Name' }).fill('Projectors');
    await dialog.getByRole('button', { name: 'Add a condition' }).click();
    await dialog.getByLabel('Field of condition 1').selectOption('title');
    await dialog
      .getByRole('combobox', { name: 'Value of condition 1', exact: true })
      .fill('projector');
    await expect
      .poll(() => dialog.getByLabel('Condition', { exact: true }).inputValue())
      .toBe('title:projector');
    await dialog.getByRole('button', { name: 'Add an action' }).click();
    await dialog.getByLabel('Action 1').last().selectOption({ label: 'Set the priority' });
    await dialog.getByLabel('Priority').selectOption('urgent');
    await dialog.getByRole('button', { name: 'Try it' }).click();
    await dialog.getByText(/acted on 1 tickets/).waitFor();
    await dialog.getByText(/each as it is now and not as it was then/).waitFor();
    await expectAccessible(page);
    await dialog.getByRole('button', { name: 'Save rule' }).click();
    await page.getByText('title:projector → Set priority to urgent').waitFor();
    await expectAccessible(page);
    // On a phone its buttons stand below what it does, not beside a column of letters.
    const phone = await desk.openAs('admin', '/rules', { width: 360, dark: true });
    const summary = phone.getByText('title:projector → Set priority to urgent');
    await summary.waitFor();
    expect((await summary.boundingBox())?.width).toBeGreaterThan(200);
    await expectNoSidewaysScroll(phone);
    const next = await desk.ticket('Projector hums');
    const ticket = await desk.openAs('admin', `/tickets/${next.id}`, { width: 1400 });
    await ticket.getByRole('button', { name: 'Priority Urgent' }).waitFor();
    await ticket.getByText('The rule “Projectors” acted').waitFor();
    await page.getByRole('button', { name: 'Log and versions of Projectors' }).click();
    await page.getByText(/applied\. Set priority to urgent/).waitFor();
    await expectAccessible(page);
  });

  it('keep the groups that they were built of, and find the right tickets', async () => {
    await desk.ticket('Plotter jams');
    await desk.ticket('Plotter offline');
    await desk.ticket('Plotter is loud');
    await desk.ticket('Scanner jams');
    const page = await desk.openAs('admin', '/rules', { width: 1400 });
    await page.getByRole('button', { name: 'New rule' }).click();
    const dialog = page.getByRole('dialog', { name: 'New rule' });
    await dialog.getByRole('textbox', { name: 'Name' }).fill('Plotters');
    await dialog.getByRole('button', { name: 'Add a condition' }).click();
    await dialog.getByLabel('Field of condition 1').selectOption('title');
    await dialog
      .getByRole('combobox', { name: 'Value of condition 1', exact: true })
      .fill('plotter');
    await dialog.getByRole('button', { name: 'Add a group' }).click();
    await dialog.getByLabel('Field of condition 2.1').selectOption('title');
    await dialog
      .getByRole('combobox', { name: 'Value of condition 2.1', exact: true })
      .fill('jams');
    await dialog.getByRole('button', { name: 'Add a condition to group 2' }).click();
    await dialog.getByLabel('Field of condition 2.2').selectOption('title');
    await dialog
      .getByRole('combobox', { name: 'Value of condition 2.2', exact: true })
      .fill('offline');
    const text = 'title:plotter (title:jams OR title:offline)';
    const condition = (within: typeof dialog) => within.getByLabel('Condition', { exact: true });
    await expect.poll(() => condition(dialog).inputValue()).toBe(text);

    // The suggestions of a field with fixed values, while they are open.
    await dialog.getByRole('button', { name: 'Add a condition', exact: true }).click();
    await dialog.getByLabel('Field of condition 3').selectOption('status');
    await dialog.getByRole('combobox', { name: 'Value of condition 3', exact: true }).click();
    await dialog.getByRole('option', { name: 'in_progress' }).waitFor();
    await expectAccessible(page);
    await page.keyboard.press('Escape');
    await dialog.waitFor();
    await dialog.getByRole('button', { name: 'Remove condition 3' }).click();

    await dialog.getByRole('button', { name: 'Add an action' }).click();
    await dialog.getByLabel('Action 1').last().selectOption({ label: 'Set the priority' });
    await dialog.getByLabel('Priority').selectOption('high');
    await dialog.getByRole('button', { name: 'Try it' }).click();
    const tried = dialog.getByRole('region', { name: 'What it would have done' });
    await tried.getByText(/acted on 2 tickets/).waitFor();
    expect(await tried.getByRole('listitem').count()).toBe(2);
    await tried.getByText(/Plotter jams/).waitFor();
    await tried.getByText(/Plotter offline/).waitFor();
    await dialog.getByRole('button', { name: 'Save rule' }).click();
    await page.getByText(`${text} → Set priority to high`).waitFor();

    await page.reload();
    await page.getByRole('button', { name: 'Change Plotters' }).click();
    const again = page.getByRole('dialog', { name: 'Change rule' });
    expect(await condition(again).inputValue()).toBe(text);
    expect(await again.getByLabel('A ticket fits when').inputValue()).toBe('all');
    expect(await again.getByLabel('Group 2 holds when').inputValue()).toBe('any');
    expect(
      await again.getByRole('combobox', { name: 'Value of condition 1', exact: true }).inputValue(),
    ).toBe('plotter');
    expect(
      await again
        .getByRole('combobox', { name: 'Value of condition 2.1', exact: true })
        .inputValue(),
    ).toBe('jams');
    expect(
      await again
        .getByRole('combobox', { name: 'Value of condition 2.2', exact: true })
        .inputValue(),
    ).toBe('offline');
    await expectAccessible(page);
    if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/rule-1400.png` });
    for (const dark of [false, true]) {
      const small = await desk.openAs('admin', '/rules', { width: 360, dark });
      await small.getByRole('button', { name: 'Change Plotters' }).click();
      await small.getByLabel('Group 2 holds when').waitFor();
      await expectNoSidewaysScroll(small);
      await expectAccessible(small);
      if (process.env.SHOTS) {
        await small.getByRole('combobox', { name: 'Value of condition 2.1', exact: true }).click();
        await small.screenshot({ path: `${process.env.SHOTS}/rule-360-${dark}.png` });
      }
    }
  });

  it('fit on a phone and in the dark', async () => {
    const page = await desk.openAs('admin', '/rules', { width: 360, dark: true });
    await page.getByRole('button', { name: 'New rule' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Add a condition' }).click();
    await page.getByRole('button', { name: 'Add a group' }).click();
    await page.getByRole('button', { name: 'Add a group to group 2' }).click();
    await expectNoSidewaysScroll(page);
    await expectAccessible(page);
  });
});
