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
    await dialog.getByLabel('Value of condition 1').fill('projector');
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
    const next = await desk.ticket('Projector hums');
    const ticket = await desk.openAs('admin', `/tickets/${next.id}`, { width: 1400 });
    await ticket.getByRole('button', { name: 'Priority Urgent' }).waitFor();
    await ticket.getByText('The rule “Projectors” acted').waitFor();
    await page.getByRole('button', { name: 'Log and versions of Projectors' }).click();
    await page.getByText(/applied\. Set priority to urgent/).waitFor();
    await expectAccessible(page);
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
