import { expect, it } from 'vitest';
import { expectAccessible, expectNoSidewaysScroll, journeys } from './desk.ts';

journeys('routing', (desk) => {
  it('gives a ticket to a member of the team, and says why', async () => {
    const admin = await desk.openAs('admin', '/routing', { width: 1400 });
    await admin.getByText('No queues yet').waitFor();
    const team = await desk.api<{ id: number }>('admin', 'POST', '/api/teams', { name: 'Routers' });
    const me = await desk.api<{ id: number; username: string }>('it_staff', 'GET', '/api/auth/me');
    await desk.api('admin', 'PUT', `/api/teams/${team.id}/members/${me.id}`, {});
    await admin.reload();
    await admin.getByRole('button', { name: 'New queue' }).click();
    const form = admin.getByRole('dialog', { name: 'New queue' });
    await form.getByRole('textbox', { name: 'Name' }).fill('Cables');
    await form.getByLabel('Team').selectOption({ label: 'Routers' });
    await form.getByRole('button', { name: 'Add a condition' }).click();
    await form.getByLabel('Field of condition 1').selectOption('title');
    await form.getByRole('combobox', { name: 'Value of condition 1' }).fill('patchcable');
    await expectAccessible(admin);
    await form.getByRole('button', { name: 'Save queue' }).click();
    await admin.getByText('title:patchcable → Routers').waitFor();

    const agent = await desk.openAs('it_staff', '/', { width: 1400 });
    await agent.getByRole('button', { name: 'There. Switch to away' }).click();
    await agent.getByRole('button', { name: 'Away. Be there for new tickets' }).waitFor();

    await admin.getByLabel('Tags, with commas between them').waitFor();
    await admin.getByRole('button', { name: 'Simulate' }).click();
    await admin.getByText(/It would wait in “Cables”/).waitFor();
    await expectAccessible(admin);

    const { id } = await desk.ticket('A new patchcable');
    const ticket = await desk.openAs('admin', `/tickets/${id}`, { width: 1400 });
    await ticket.getByRole('button', { name: 'Why this agent?' }).click();
    const why = ticket.getByRole('dialog', { name: 'Why this agent?' });
    await why.getByText('Nobody is free yet').waitFor();
    await why.getByText(/is away/).waitFor();
    await expectAccessible(ticket);
    await ticket.keyboard.press('Escape');

    await agent.getByRole('button', { name: 'Away. Be there for new tickets' }).click();
    await desk.until(id, { assigned_to: expect.objectContaining({ username: me.username }) });
    await ticket.getByText(/Routing “Cables” chose/).waitFor();
    await ticket.getByRole('button', { name: 'Why this agent?' }).click();
    await why.getByRole('heading', { name: /it was their turn/ }).waitFor();
    await expectAccessible(ticket);
  }, 180_000);

  it('fits on a phone and in the dark', async () => {
    const page = await desk.openAs('admin', '/routing', { width: 360, dark: true });
    await page.getByRole('button', { name: 'Members of Cables' }).click();
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /^Change / })
      .click();
    await expectNoSidewaysScroll(page);
    await expectAccessible(page);
  });
});
