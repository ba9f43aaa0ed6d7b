import { screen, waitFor, within } from '@testing-library/react';
import { HttpResponse } from 'msw';
import { expect, it } from 'vitest';
import type { Mailbox } from '@/lib/api';
import { aList } from '@/testing/fixtures';
import { openApp } from '@/testing/render';
import { on, problem, server } from '@/testing/server';

const box = {
  ...{ id: 3, name: 'Help', address: 'help@example.com', active: true, source: 'imap' },
  ...{ host: 'mail.example.com', last_error: '', last_fetched_at: null, version: 1 },
} as Mailbox;

function openMail(tab: string) {
  server.use(
    on.get('/mailboxes', () => HttpResponse.json(aList([box]))),
    on.get('/categories', () => HttpResponse.json({ categories: [] })),
    on.get('/teams', () => HttpResponse.json(aList([]))),
    on.get('/routing/availability', () => problem(404)),
  );
  return openApp(`/mail?tab=${tab}`, 'admin');
}

it('says at its field what is wrong with a mailbox, and takes the usual port along', async () => {
  server.use(
    on.post('/mailboxes', () => problem(400, { errors: { address: ['Not an address.'] } })),
  );
  const { user } = openMail('mailboxes');
  await user.click(await screen.findByRole('button', { name: 'Add a mailbox' }));
  const port = await screen.findByRole('textbox', { name: 'Port' });
  const security = screen.getByRole('combobox', { name: 'Protection' });
  await user.selectOptions(security, 'starttls');
  expect(port).toHaveValue('143');
  await user.clear(port);
  await user.type(port, '1143');
  await user.selectOptions(security, 'tls');
  expect(port).toHaveValue('1143');
  const address = screen.getByRole('textbox', { name: /^Address/ });
  await user.type(address, 'nobody');
  await user.click(screen.getByRole('button', { name: 'Save' }));
  expect(await screen.findByText('Not an address.')).toBeVisible();
  await waitFor(() => expect(address).toHaveFocus());
});

it('deletes a mailbox only once that is confirmed, and says there why it cannot', async () => {
  let asked = 0;
  server.use(
    on.delete('/mailboxes/3', () => {
      asked += 1;
      return problem(409, { detail: 'It got messages.' });
    }),
    on.post('/mailboxes/3/test', () => HttpResponse.json({ ok: false, problem: 'refused' })),
  );
  const { user } = openMail('mailboxes');
  await user.click(await screen.findByRole('button', { name: /^Test the connection/ }));
  expect((await screen.findByText(/The connection does not work/)).textContent).toMatch(/refused$/);
  await user.click(screen.getByRole('button', { name: 'Delete help@example.com' }));
  const dialog = await screen.findByRole('dialog', { name: 'Delete this mailbox?' });
  expect(asked).toBe(0);
  await user.click(within(dialog).getByRole('button', { name: 'Delete mailbox' }));
  await waitFor(() => expect(within(dialog).getByRole('alert')).toBeVisible());
  expect(asked).toBe(1);
});

it('says at its field what is wrong with a domain', async () => {
  server.use(
    on.get('/mail_domains', () => HttpResponse.json({ results: [], senders: [] })),
    on.post('/mail_domains', () => problem(400, { errors: { domain: ['No domain.'] } })),
  );
  const { user } = openMail('domains');
  await user.type(await screen.findByRole('textbox', { name: 'Domain' }), 'nowhere');
  await user.click(screen.getByRole('button', { name: 'Add a domain' }));
  expect(await screen.findByText('No domain.')).toBeVisible();
  expect(screen.getByRole('textbox', { name: 'Domain' })).toBeInvalid();
});
