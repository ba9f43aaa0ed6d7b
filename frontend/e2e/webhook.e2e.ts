import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { expectAccessible, expectNoSidewaysScroll, journeys, said } from './desk.ts';

interface Call {
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

journeys('webhooks', (desk) => {
  const calls: Call[] = [];
  let answer = 200;
  let server: Server;
  let url = '';
  beforeAll(async () => {
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (part) => {
        body += part;
      });
      request.on('end', () => {
        calls.push({ path: request.url ?? '', headers: request.headers, body });
        response.writeHead(answer).end('thank you');
      });
    });
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  });
  afterAll(() => {
    server.close();
  });

  /** How many of the signatures of a call are by a secret. */
  const signed = ({ headers, body }: Call, secret: string) => {
    const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
    const text = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
    const sum = createHmac('sha256', key).update(text).digest('base64');
    return `${headers['webhook-signature']}`.split(' ').filter((one) => one === `v1,${sum}`).length;
  };

  it('are made, tried, rotated, disabled by 410 and enabled again', {
    timeout: 240_000,
  }, async () => {
    const page = await desk.openAs('admin', '/webhooks', { width: 1400 });
    await page.getByRole('button', { name: 'New webhook' }).click();
    const form = page.getByRole('dialog', { name: 'New webhook' });
    await form.getByLabel('Address').fill('ftp://example.com');
    await form.getByRole('button', { name: 'Save webhook' }).click();
    await form.getByText('Must begin with https://.').waitFor();
    await form.getByLabel('Address').fill(url);
    await form.getByLabel('What is it for?').fill('Stock list');
    await form.getByLabel('chosen events').check();
    await form.getByLabel('A ticket was opened').check();
    await expectAccessible(page);
    await form.getByRole('button', { name: 'Save webhook' }).click();
    const shown = page.getByRole('dialog', { name: 'The secret of the webhook' });
    const first = await shown.getByLabel('Secret', { exact: true }).innerText();
    expect(first).toMatch(/^whsec_/);
    await expectAccessible(page);
    await shown.getByRole('button', { name: 'Done' }).click();

    await page.getByRole('link', { name: 'Stock list' }).click();
    await page.getByRole('heading', { level: 1, name: 'Stock list' }).waitFor();
    await page.getByRole('button', { name: 'Send a test' }).click();
    await said(page, 'The test was taken');
    expect(calls).toHaveLength(1);
    expect(signed(calls[0] as Call, first)).toBe(1);
    await page.getByRole('button', { name: /^Details of delivery/ }).click();
    await page.getByText('"type": "webhook.test"').waitFor();
    await page.getByText('thank you').waitFor();
    await expectAccessible(page);

    await page.getByRole('button', { name: 'New secret' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'New secret' }).click();
    const second = await shown.getByLabel('Secret', { exact: true }).innerText();
    await shown.getByRole('button', { name: 'Done' }).click();
    await page.getByText('Old secret signs until').waitFor();
    await page.getByRole('button', { name: 'Send a test' }).click();
    await expect.poll(() => calls.length).toBe(2);
    expect([signed(calls[1] as Call, first), signed(calls[1] as Call, second)]).toEqual([1, 1]);

    // It is gone: what it would have heard of is not sent, until somebody enables it again.
    answer = 410;
    const { id } = await desk.ticket('Printer on fire');
    await page.getByText('The receiver answered 410: it is gone').waitFor({ timeout: 30_000 });
    await page.getByText('Disabled: gone').waitFor();
    await expectAccessible(page);
    answer = 200;
    await page.getByRole('button', { name: 'Enable again' }).click();
    await page.getByText('The receiver answered 410').waitFor({ state: 'detached' });
    calls.length = 0;
    await page.getByRole('button', { name: 'Send a range again' }).click();
    const range = page.getByRole('dialog', { name: 'Send a range again' });
    await expectAccessible(page);
    await range.getByRole('button', { name: 'Send again' }).click();
    await said(page, 'Sent again: 1');
    await expect.poll(() => calls.map(({ body }) => JSON.parse(body).data.ticket_id)).toEqual([id]);
    await page.getByLabel('State of the delivery').selectOption('dead');
    await page.getByText('No deliveries in this state').waitFor();
    expect(page.url()).toContain('state=dead');

    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete webhook' }).click();
    await page.getByRole('heading', { level: 1, name: 'Webhooks' }).waitFor();
    expect(await page.getByRole('link', { name: 'Stock list' }).count()).toBe(0);
  });

  it('write to chats, and fit on a phone and in the dark', { timeout: 120_000 }, async () => {
    calls.length = 0;
    const page = await desk.openAs('admin', '/webhooks', { width: 360, height: 740, dark: true });
    await page.getByRole('button', { name: 'New webhook' }).click();
    const form = page.getByRole('dialog', { name: 'New webhook' });
    await form.getByLabel('Receiver').selectOption('slack');
    await form.getByLabel('Address').fill(url);
    await form.getByLabel('What is it for?').fill('Channel of the IT');
    await form.getByLabel('chosen events').check();
    await expectNoSidewaysScroll(page);
    await expectAccessible(page);
    await form.getByLabel('A ticket was opened').check();
    await form.getByRole('button', { name: 'Save webhook' }).click();
    // Chats get no secret.
    await page.getByRole('link', { name: 'Channel of the IT' }).click();
    await desk.ticket('Lamp <!here>');
    await expect.poll(() => calls.length).toBe(1);
    expect(calls[0]?.headers['webhook-signature']).toBeUndefined();
    await page.reload();
    await page.getByRole('button', { name: /^Details of delivery/ }).click();
    await page
      .getByText(/Lamp &lt;!here&gt;/)
      .first()
      .waitFor();
    await expectNoSidewaysScroll(page);
    await expectAccessible(page);
  });

  it('keep the sealed address of a chat, or replace it', { timeout: 120_000 }, async () => {
    const secret = `${url}/services/zq-first`;
    const { id } = await desk.api<{ id: number }>('admin', 'POST', '/api/webhooks', {
      url: secret,
      kind: 'mattermost',
      description: 'Town square',
      events: ['ticket.deleted'],
    });
    calls.length = 0;
    const page = await desk.openAs('admin', `/webhooks/${id}`);
    const change = async (fill: (form: Locator) => Promise<void>) => {
      await page.getByRole('button', { name: 'Change', exact: true }).click();
      const form = page.getByRole('dialog', { name: 'Change the webhook' });
      // What is kept is not shown: not in the field, and nowhere else on the page.
      expect(await form.getByLabel('Address').inputValue()).toBe('');
      expect(await page.content()).not.toContain('zq-');
      await fill(form);
      await form.getByRole('button', { name: 'Save webhook' }).click();
      await said(page, 'Webhook saved');
      await form.waitFor({ state: 'detached' });
    };
    const next = async () => {
      await page.getByRole('button', { name: 'Send a test' }).click();
      await expect.poll(() => calls.length).toBe(1);
      return calls.splice(0)[0]?.path;
    };
    await change((form) => form.getByLabel('What is it for?').fill('Market place'));
    await page.getByRole('heading', { level: 1, name: 'Market place' }).waitFor();
    expect(await next()).toBe('/hook/services/zq-first');
    await change((form) => form.getByLabel('Address').fill(`${url}/services/zq-second`));
    expect(await next()).toBe('/hook/services/zq-second');
    await page.reload();
    await page.getByRole('heading', { level: 1, name: 'Market place' }).waitFor();
    expect(await page.content()).not.toContain('zq-');
  });
});
