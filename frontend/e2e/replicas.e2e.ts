import { randomBytes } from 'node:crypto';
import { createConnection } from 'mysql2/promise';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { Desk, people, said } from './desk.ts';
import { createPeople, type Server, startServer } from './start-desk.ts';

const info = inject('desk');
const mysql = process.env.FIXDESK_TEST_MYSQL;
if (!mysql) {
  const advice = 'Name a server that may create databases in FIXDESK_TEST_MYSQL.';
  if (process.env.CI) throw new Error(advice);
  console.log(`The journeys across two servers are skipped. ${advice}`);
}

/** Runs one statement on the database server. */
async function statement(sql: string): Promise<void> {
  const connection = await createConnection(mysql ?? '');
  try {
    await connection.query(sql);
  } finally {
    await connection.end();
  }
}

describe.skipIf(!info || !mysql)('Two servers on one database, without a broker', () => {
  const name = `fixdesk_e2e_${randomBytes(6).toString('hex')}`;
  const servers: Server[] = [];
  const desks: Desk[] = [];

  beforeAll(async () => {
    await statement(`CREATE DATABASE ${name} CHARACTER SET utf8mb4`);
    const database = new URL(mysql ?? '');
    database.pathname = name;
    const settings = {
      FIXDESK_DATABASE: database.href,
      FIXDESK_SECRET: randomBytes(32).toString('hex'),
    };
    // One after the other: the first one makes the tables.
    for (let n = 0; n < 2; n += 1) {
      const server = await startServer(settings);
      servers.push(server);
      if (n === 0) createPeople(server);
      const desk = new Desk({ ...server, chromium: info?.chromium ?? '' });
      desks.push(desk);
      await desk.start();
    }
  });
  afterEach(async () => {
    const complaints = desks.flatMap((desk) => desk.complaints);
    await Promise.all(desks.map((desk) => desk.tidy()));
    expect(complaints, 'errors in the browser').toEqual([]);
  });
  afterAll(async () => {
    await Promise.all(desks.map((desk) => desk.stop()));
    await Promise.all(servers.map((server) => server.stop()));
    await statement(`DROP DATABASE IF EXISTS ${name}`);
  });

  const both = () => desks as [Desk, Desk];

  it('shows on one what happens on the other, who is there, and who types', async () => {
    const [here, there] = both();
    const { id } = await here.ticket('Far apart');
    const stan = await here.openAs('it_staff', `/tickets/${id}`);
    const ada = await there.openAs('admin', '/tickets?q="Far apart"');
    expect(new URL(stan.url()).origin).not.toBe(new URL(ada.url()).origin);
    const row = ada.getByRole('link', { name: /Far apart/ });
    await row.getByText(`Open at: ${people.it_staff}`).waitFor();
    await row.click();
    await ada.getByRole('heading', { level: 1, name: 'Far apart' }).waitFor();
    await stan.getByText(`${people.admin} is looking`).waitFor();

    await stan.getByRole('textbox', { name: 'Reply' }).fill('On my way.');
    await ada.getByText(`${people.it_staff} is typing`).waitFor();
    await stan.keyboard.press('Escape');
    await stan.getByRole('button', { name: /^Priority/ }).click();
    await stan.getByRole('option', { name: 'Urgent' }).click();
    await ada.getByRole('button', { name: 'Priority Urgent' }).waitFor({ timeout: 5000 });
    await there.until(id, { priority: 'urgent' });
  });

  it('warns on one before an answer collides with one from the other', async () => {
    const [here, there] = both();
    const { id } = await here.ticket('Both at once');
    const stan = await here.openAs('it_staff', `/tickets/${id}`);
    const ada = await there.openAs('admin', `/tickets/${id}`);
    await ada.getByRole('textbox', { name: 'Reply' }).fill('Hers');
    await stan.getByText(`${people.admin} is typing`).first().waitFor();
    await stan.getByRole('textbox', { name: 'Reply' }).fill('His');
    await stan.getByRole('button', { name: 'Send reply' }).click();
    const writing = stan.getByRole('alert').filter({ hasText: 'Somebody else is writing' });
    await writing.getByRole('button', { name: 'Wait' }).click();

    await stan.route(`**/api/tickets/${id}`, (route) => route.abort());
    await ada.getByRole('textbox', { name: 'Reply' }).fill('Hers, finished');
    await ada.keyboard.press('Control+Enter');
    const anyway = ada.getByRole('button', { name: 'Send anyway' });
    const now = ada.getByRole('button', { name: 'Send the reply now' });
    await anyway.or(now).first().waitFor();
    if (await anyway.isVisible()) await anyway.click();
    await now.click();
    await here.until(id, { comment_count: 1 });
    await stan.getByRole('button', { name: 'Send reply' }).click();
    await stan.getByRole('alert').filter({ hasText: 'Somebody answered meanwhile' }).waitFor();
    await there.until(id, { comment_count: 1 });
  });

  it('refuses on one an edit of what changed on the other, and merges it', async () => {
    const [here, there] = both();
    const { id } = await here.ticket('Two titles');
    const stan = await here.openAs('it_staff', `/tickets/${id}`);
    await stan.getByRole('button', { name: 'Edit ticket' }).click();
    await stan.getByRole('textbox', { name: 'Title' }).fill('One title');
    await there.api('admin', 'PATCH', `/api/tickets/${id}`, { description: 'New text.' });
    await stan.getByRole('button', { name: 'Save ticket' }).click();
    await said(stan, 'Ticket saved, with what somebody else changed');
    await there.until(id, { title: 'One title', description: 'New text.' });
  });
});
