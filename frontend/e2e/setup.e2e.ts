import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { Desk, expectAccessible, expectNoSidewaysScroll } from './desk.ts';
import { type ClockServer, startClockServer } from './start-desk.ts';

const info = inject('desk');

/** The next Monday, at nine in UTC: when the people of this desk begin to work. */
function monday(): Date {
  const day = new Date();
  day.setUTCDate(day.getUTCDate() + ((8 - day.getUTCDay()) % 7 || 7));
  day.setUTCHours(9, 0, 0, 0);
  return day;
}

interface Found {
  results: { id: number }[];
}
interface Ticket {
  id: number;
  team: { name: string } | null;
  category: { path: string } | null;
  fields: Record<string, unknown>;
}

describe.skipIf(!info)('a desk is set up on its screens', () => {
  let server: ClockServer;
  let desk: Desk;

  beforeAll(async () => {
    server = await startClockServer(monday());
    desk = new Desk({ ...server, chromium: info?.chromium ?? '' });
    await desk.start();
  }, 240_000);
  afterEach(async () => {
    const complaints = [...desk.complaints];
    await desk.tidy();
    expect(complaints, 'errors in the browser').toEqual([]);
  });
  afterAll(async () => {
    await desk?.stop();
    await server?.stop();
  });

  /** Moves the server's clock and those of the pages. */
  const move = async (by: string, ...pages: Page[]) => {
    const now = await server.move(by);
    desk.forgetSessions();
    for (const page of pages) await page.clock.setSystemTime(now);
  };

  const setUpTeam = async (page: Page) => {
    await page.goto('/teams');
    await page.getByRole('button', { name: 'New team' }).click();
    await page.getByRole('dialog').getByLabel('Name').fill('Field service');
    await page.getByRole('button', { name: 'Create team' }).click();
    await page.getByPlaceholder('Add a member…').fill('stan');
    await page.getByRole('option', { name: /stan/ }).click();
    await page.getByRole('list', { name: 'Members of Field service' }).getByText('stan').waitFor();
  };

  const setUpForm = async (page: Page) => {
    await page.goto('/desk');
    await page.getByRole('tab', { name: 'Fields' }).click();
    await page.getByLabel('New field').fill('Where is it');
    await page.getByLabel('Kind').first().click();
    await page.getByRole('option', { name: 'One of several' }).click();
    await page.getByLabel('Choices', { exact: true }).first().fill('Office');
    await page.keyboard.press('Enter');
    await page.getByLabel('Choices', { exact: true }).first().fill('On the road');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Add field' }).click();
    await page.getByRole('heading', { name: 'Where is it' }).waitFor();
    await page.getByLabel('Required').first().click();
    await page.getByRole('option', { name: 'To report' }).click();
    await page.getByRole('switch', { name: 'Employees fill it in' }).click();
    await expect
      .poll(() => page.getByRole('switch', { name: 'Employees see it' }).isChecked())
      .toBe(true);
    await expectAccessible(page);

    await page.getByRole('tab', { name: 'Categories' }).click();
    await page.getByLabel('New category').fill('Notebooks');
    await page.getByRole('button', { name: 'Add category' }).click();
    const section = page.getByRole('listitem').filter({ hasText: 'Notebooks' });
    await section.getByLabel('Team').first().click();
    await page.getByRole('option', { name: 'Field service' }).click();
    await section.getByLabel('Form').first().click();
    await page.getByRole('option', { name: 'Where is it' }).click();
    await page.keyboard.press('Escape');
    await expect
      .poll(() => desk.api<{ categories: unknown[] }>('admin', 'GET', '/api/categories'))
      .toMatchObject({ categories: [{ path: 'Notebooks', fields: [expect.any(Number)] }] });
    await expectAccessible(page);
  };

  const setUpClocks = async (page: Page) => {
    await page.goto('/calendars/new');
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Nine to five');
    await page.getByLabel('Time zone').fill('Etc/UTC');
    await page.getByRole('button', { name: 'Save calendar' }).click();
    await page.getByRole('heading', { level: 1, name: 'Nine to five' }).waitFor();

    await page.goto('/sla/new');
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Broken notebooks');
    await page.getByRole('button', { name: 'Add a condition' }).click();
    await page.getByLabel('Field of condition 1').selectOption('category');
    await page.getByRole('combobox', { name: 'Value of condition 1' }).fill('Notebooks');
    await page.keyboard.press('Escape');
    const condition = page.getByRole('textbox', { name: 'Condition', exact: true });
    await expect.poll(() => condition.inputValue()).toBe('category:Notebooks');
    await condition.fill('category:Notebooks priority:urgent');
    await page.getByLabel('First response').first().fill('60');
    await page.getByLabel('Resolution', { exact: true }).first().fill('240');
    await page
      .getByRole('combobox', { name: 'Working hours' })
      .selectOption({ label: 'Nine to five (Etc/UTC)' });
    await page.getByRole('button', { name: 'Add a step' }).click();
    const step = page.getByRole('group', { name: 'Step 1' });
    await step.getByRole('combobox', { name: 'Notify also' }).click();
    const people = page.getByRole('listbox', { name: 'Notify also' });
    await people.getByRole('option', { name: 'ada' }).click();
    await page.keyboard.press('Escape');
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Save policy' }).click();
    await page.getByRole('link', { name: 'Broken notebooks' }).waitFor();
  };

  const setUpRule = async (page: Page) => {
    await page.goto('/rules');
    await page.getByRole('button', { name: 'New rule' }).click();
    const dialog = page.getByRole('dialog', { name: 'New rule' });
    await dialog.getByRole('textbox', { name: 'Name' }).fill('Stranded people first');
    await dialog.getByRole('button', { name: 'Add a condition' }).click();
    await dialog.getByLabel('Field of condition 1').selectOption('cf.where_is_it');
    await dialog.getByRole('combobox', { name: 'Value of condition 1' }).fill('On the road');
    await page.keyboard.press('Escape');
    await expect
      .poll(() => dialog.getByLabel('Condition', { exact: true }).inputValue())
      .toBe('cf.where_is_it:"On the road"');
    await dialog.getByRole('button', { name: 'Add an action' }).click();
    await dialog.getByLabel('Action 1').last().selectOption({ label: 'Set the priority' });
    await dialog.getByLabel('Priority').selectOption('urgent');
    await dialog.getByRole('button', { name: 'Save rule' }).click();
    await page.getByText('cf.where_is_it:"On the road" → Set priority to urgent').waitFor();
  };

  it('with a category and its form, a team, hours, an SLA and a rule, and a ticket runs through them', async () => {
    const admin = await desk.openAs('admin', '/teams', { width: 1400 });
    await setUpTeam(admin);
    await setUpForm(admin);
    await setUpClocks(admin);
    await setUpRule(admin);

    const erin = await desk.openAs('employee', '/tickets/new');
    await erin.getByLabel('What is wrong?').fill('My notebook stays dark');
    await erin.getByLabel('Category').first().click();
    await erin.getByRole('option', { name: 'Notebooks' }).click();
    await erin.getByRole('button', { name: 'Create ticket' }).click();
    await erin.getByText('This field is required.', { exact: true }).waitFor();
    expect(await erin.getByText('where_is_it').count()).toBe(0);
    await erin.keyboard.press('Escape'); // the choices of the field that is wrong
    await expectAccessible(erin);
    await erin.getByLabel('Where is it').first().click();
    await erin.getByRole('option', { name: 'On the road' }).click();
    await erin.getByRole('button', { name: 'Create ticket' }).click();
    await erin.getByRole('heading', { name: 'My notebook stays dark' }).waitFor();
    const { results } = await desk.api<Found>('admin', 'GET', '/api/tickets');
    const id = results[0]?.id ?? 0;
    await desk.until(id, { priority: 'urgent', sla_state: 'ok' });
    const made = await desk.api<Ticket>('admin', 'GET', `/api/tickets/${id}`);
    expect(made.team?.name).toBe('Field service');
    expect(made.category?.path).toBe('Notebooks');
    expect(made.fields).toMatchObject({ where_is_it: 'On the road' });

    // Fifty minutes later the answer is about to be late.
    const stan = await desk.openAs('it_staff', `/tickets/${id}`, { width: 1680 });
    await stan.getByText('The rule “Stranded people first” acted').waitFor();
    await move('50m', stan);
    await desk.until(id, { sla_state: 'at_risk' });
    await stan.reload();
    const sla = stan.getByRole('region', { name: 'SLA' });
    await sla.getByText(/^Soon: /).waitFor();
    await stan.getByRole('textbox', { name: 'Reply' }).fill('A spare one is on its way.');
    await stan.getByRole('button', { name: 'Send reply' }).click();
    await stan.getByText('A spare one is on its way.').first().waitFor();
    // The message is held back for a moment; then the ticket waits for its requester.
    await move('20s', stan);
    await desk.until(id, { sla_state: 'paused' });
    await move('10m', stan);
    await desk.api('employee', 'POST', `/api/tickets/${id}/add_comment`, { content: 'Thanks!' });
    await desk.until(id, { sla_state: 'ok' });
    await stan.reload();
    await sla.getByText('Met').waitFor();

    // Half an hour before the end, the step tells the administrator.
    await move('165m', stan);
    await desk.until(id, { sla_state: 'at_risk' });
    await expect
      .poll(() => desk.api('admin', 'GET', '/api/notifications').then(JSON.stringify), {
        timeout: 15_000,
      })
      .toContain('My notebook stays dark');

    // The next morning it is late, and one sees which hours counted.
    await move('21h', stan);
    await desk.until(id, { sla_state: 'breached' });
    await stan.reload();
    await sla.getByText(/^Overdue /).waitFor();
    await sla.getByRole('button', { name: 'Why this time?' }).click();
    const why = stan.getByRole('dialog', { name: 'Why this time?' });
    await why
      .getByText(/Hours: Nine to five \(Etc\/UTC\)/)
      .first()
      .waitFor();
    await why.getByText('Outside working hours').first().waitFor();
    await why.getByText('Waiting for the requester').first().waitFor();
    await expectAccessible(stan);
    const report = await desk.openAs('admin', '/sla/report');
    await report.getByText('Broken notebooks').first().waitFor();
  }, 400_000);

  it('fits on a phone, in the dark', async () => {
    for (const path of ['/desk', '/teams', '/rules', '/sla', '/calendars']) {
      const page = await desk.openAs('admin', path, { width: 360, dark: true });
      await page.getByRole('heading', { level: 1 }).waitFor();
      await expectNoSidewaysScroll(page);
      await expectAccessible(page);
      await desk.tidy();
    }
  });
});
