import { expect, it } from 'vitest';
import { journeys, people, written } from './desk.ts';

journeys('Live', (desk) => {
  it('shows what others do, who is there, and who is typing', async () => {
    const { id } = await desk.ticket('Two agents at once');
    const stan = await desk.openAs('it_staff', `/tickets/${id}`);
    const ada = await desk.openAs('admin', `/tickets/${id}`);
    await stan.getByText(`${people.admin} is looking`).waitFor();
    await ada.getByText(`${people.it_staff} is looking`).waitFor();
    await stan.getByRole('textbox', { name: 'Reply' }).fill('I am on it.');
    await ada.getByText(`${people.it_staff} is typing`).waitFor();

    // Within a second, without a reload.
    await desk.api('admin', 'POST', `/api/tickets/${id}/update_status`, { status: 'in_progress' });
    await stan.getByText('changed the status from Open to In progress').waitFor({ timeout: 3000 });
    await desk.api('admin', 'POST', `/api/tickets/${id}/notes`, {
      content: 'The **spare** is in room 12.',
    });
    await stan.getByText('spare', { exact: true }).waitFor({ timeout: 3000 });

    // Somebody else answers first: one is told before one sends.
    await desk.api('admin', 'POST', `/api/tickets/${id}/add_comment`, { content: 'It is done.' });
    await stan.getByText('It is done.').waitFor({ timeout: 3000 });
    expect(await written(stan.getByRole('textbox', { name: 'Reply' }))).toBe('I am on it.');
  });

  it('unsends what was sent, and nobody has seen it', async () => {
    const { id } = await desk.ticket('Undo');
    const stan = await desk.openAs('it_staff', `/tickets/${id}`);
    const erin = await desk.openAs('employee', `/tickets/${id}`);
    await stan.getByRole('textbox', { name: 'Reply' }).fill('Wrong person!');
    await stan.keyboard.press('Control+Enter');
    await stan.getByText('About to be sent').waitFor();
    await stan.getByRole('button', { name: 'Take back' }).click();
    await stan.getByText('About to be sent').waitFor({ state: 'detached' });
    expect(await written(stan.getByRole('textbox', { name: 'Reply' }))).toBe('Wrong person!');
    await stan.getByRole('textbox', { name: 'Reply' }).fill('Right person.');
    await stan.keyboard.press('Control+Enter');
    await stan.getByRole('button', { name: 'Send the reply now' }).click();
    await erin.getByText('Right person.').waitFor({ timeout: 5000 });
    expect(await erin.getByText('Wrong person!').count()).toBe(0);
  });

  it('keeps notes from the requester, and their drafts apart', async () => {
    const { id } = await desk.ticket('Amber');
    const stan = await desk.openAs('it_staff', `/tickets/${id}`);
    await stan.keyboard.press('n');
    const note = stan.getByRole('textbox', { name: 'Internal note' });
    await note.waitFor();
    await stan.keyboard.type('Not for Erin');
    await stan.getByText('Draft saved').waitFor();
    await stan.reload();
    await stan.getByRole('heading', { name: 'Amber' }).waitFor();
    expect(await written(stan.getByRole('textbox', { name: 'Reply' }))).toBe('');
    await stan.getByRole('tab', { name: 'Internal note' }).click();
    await expect.poll(() => written(note)).toBe('Not for Erin');
    await stan.getByRole('button', { name: 'Add internal note' }).click();
    await stan.getByRole('button', { name: 'Add the internal note now' }).click();
    await stan.getByText('Internal note, about to be added').waitFor({ state: 'detached' });
    await stan.getByText('Not for Erin').waitFor();
    const erin = await desk.openAs('employee', `/tickets/${id}`);
    await erin.getByText('It does not work.').waitFor();
    expect(await erin.getByText('Not for Erin').count()).toBe(0);
  });

  it('lets a requester close and reopen', async () => {
    const { id } = await desk.ticket('Mine');
    const erin = await desk.openAs('employee', `/tickets/${id}`);
    await erin.getByRole('button', { name: 'Close the ticket' }).click();
    await erin.getByRole('button', { name: 'Reopen the ticket' }).click();
    await erin.getByRole('button', { name: 'Close the ticket' }).waitFor();
  });
});
