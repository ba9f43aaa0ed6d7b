import { deflateSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { expectAccessible, expectNoSidewaysScroll, journeys } from './desk.ts';

/** A PNG of one colour. */
function png(width: number, height: number): Buffer {
  const table = Array.from({ length: 256 }, (_, n) => {
    let c = n;
    for (let k = 0; k < 8; k += 1) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
    return c >>> 0;
  });
  const crc = (data: Buffer) => {
    let c = 0xffffffff;
    for (const b of data) c = (table[(c ^ b) & 0xff] ?? 0) ^ (c >>> 8);
    return (c ^ 0xffffffff) >>> 0;
  };
  const chunk = (kind: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(kind), data]);
    const out = Buffer.alloc(body.length + 8);
    out.writeUInt32BE(data.length);
    body.copy(out, 4);
    out.writeUInt32BE(crc(body), body.length + 4);
    return out;
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8);
  const line = Buffer.concat([Buffer.from([0]), Buffer.alloc(width * 3, 0x5a)]);
  const pixels = deflateSync(Buffer.concat(Array.from({ length: height }, () => line)));
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', head),
    chunk('IDAT', pixels),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** Pastes a file into the box that has the focus. */
async function paste(page: Page, name: string, type: string, data: Buffer): Promise<void> {
  await page.evaluate(
    ([name, type, base64]) => {
      const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
      const clipboardData = new DataTransfer();
      clipboardData.items.add(new File([bytes], name, { type }));
      const event = new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true });
      document.activeElement?.dispatchEvent(event);
    },
    [name, type, data.toString('base64')] as const,
  );
}

const text = (content: string) => ({
  name: 'log.txt',
  mimeType: 'text/plain',
  buffer: Buffer.from(content),
});

journeys('Attachments', (desk) => {
  it('pastes a picture into a reply, which the requester sees', async () => {
    const { id } = await desk.ticket('Screen is purple');
    const page = await desk.openAs('it_staff', `/tickets/${id}`);
    const reply = page.getByRole('textbox', { name: 'Reply' });
    await reply.fill('Does it look like this?');
    await paste(page, 'purple.png', 'image/png', png(900, 500));
    await page.getByRole('button', { name: 'Take purple.png away' }).waitFor();
    await page.getByRole('button', { name: 'Send reply' }).click();
    await desk.until(id, { comment_count: 1 });
    const seen = await desk.openAs('employee', `/tickets/${id}`);
    const picture = seen.getByRole('button', { name: 'purple.png', exact: true });
    await picture.first().waitFor();
    await expect
      .poll(() =>
        seen.evaluate(() => {
          const image = document.querySelector<HTMLImageElement>('img[data-attachment]');
          return image?.naturalWidth ?? 0;
        }),
      )
      .toBe(900);
    await expectAccessible(seen);
    await picture.first().click();
    await seen.getByRole('dialog').getByRole('img', { name: 'purple.png' }).waitFor();
    await expectAccessible(seen);
    expect(desk.complaints).toEqual([]);
  });

  it('sends several files with a new ticket, cancels one, and looks at a text', async () => {
    const page = await desk.openAs('employee', '/tickets/new', { dark: true, width: 360 });
    await page.getByLabel('What is wrong?').fill('Backup fails');
    // One upload never ends.
    await page.route('**/api/uploads/*', async (route) => {
      const data = route.request().postDataBuffer();
      if (data?.includes('endless')) return; // no answer
      await route.continue();
    });
    await page
      .locator('input[data-files]')
      .setInputFiles([
        text('line one\nline two'),
        { ...text('endless'), name: 'endless.txt' },
        { ...text('<svg xmlns="http://www.w3.org/2000/svg"></svg>'), name: 'drawing.svg' },
      ]);
    await page.getByRole('button', { name: 'Take log.txt away' }).waitFor();
    await page.getByRole('button', { name: 'Take drawing.svg away' }).waitFor();
    expect(await page.getByRole('button', { name: 'Create ticket' }).isDisabled()).toBe(true);
    await expectNoSidewaysScroll(page);
    await page.getByRole('button', { name: 'Cancel endless.txt' }).click();
    await page.getByRole('button', { name: 'Create ticket' }).click();
    const files = page.getByRole('list', { name: 'Attachments' });
    await files.getByRole('button', { name: /^log\.txt/ }).waitFor();
    expect(await files.getByRole('listitem').count()).toBe(2);
    await expectNoSidewaysScroll(page);
    await expectAccessible(page);
    await files.getByRole('button', { name: /^log\.txt/ }).click();
    await page.getByRole('dialog', { name: 'log.txt' }).getByText('line one').waitFor();
    await page.keyboard.press('Escape');
    // What could run is only saved.
    const saved = page.waitForEvent('download');
    await files.getByRole('button', { name: /^drawing\.svg/ }).click();
    expect((await saved).suggestedFilename()).toBe('drawing.svg');
  });

  it('goes on where the connection broke', async () => {
    const { id } = await desk.ticket('Long log');
    const page = await desk.openAs('it_staff', `/tickets/${id}`);
    let pieces = 0;
    const offsets: string[] = [];
    await page.route('**/api/uploads/*', async (route) => {
      const request = route.request();
      if (request.method() !== 'PATCH') return route.continue();
      offsets.push((await request.allHeaders())['upload-offset'] ?? '');
      pieces += 1;
      if (pieces === 2) return route.abort('connectionreset');
      return route.continue();
    });
    await page
      .locator('form:not([hidden]) input[data-files]')
      .setInputFiles([
        { name: 'long.log', mimeType: 'text/plain', buffer: Buffer.alloc(1_200_000, 'log line\n') },
      ]);
    await page.getByRole('button', { name: 'Take long.log away' }).waitFor();
    expect(offsets.slice(0, 3)).toEqual(['0', '262144', '262144']);
    await page.getByRole('button', { name: 'Send reply' }).click();
    await desk.until(id, { comment_count: 1 });
    const comments = await desk.api<{ comments: { attachments: { size: number }[] }[] }>(
      'employee',
      'GET',
      `/api/tickets/${id}`,
    );
    expect(comments.comments[0]?.attachments[0]?.size).toBe(1_200_000);
  });

  it('keeps the files of internal notes from the requester', async () => {
    const { id } = await desk.ticket('Secret');
    const page = await desk.openAs('it_staff', `/tickets/${id}`);
    await page.getByRole('tab', { name: 'Internal note' }).click();
    await page
      .locator('form:not([hidden]) input[data-files]')
      .setInputFiles([{ ...text('not for them'), name: 'secret.txt' }]);
    await page.getByRole('button', { name: 'Take secret.txt away' }).waitFor();
    await page.getByRole('textbox', { name: 'Internal note' }).fill('See the file.');
    await page.getByRole('button', { name: 'Add internal note' }).click();
    const list = `/api/tickets/${id}/attachments`;
    type Files = { results: { id: number; note_id: number | null }[] };
    await expect
      .poll(async () => (await desk.api<Files>('admin', 'GET', list)).results.length, {
        timeout: 20_000,
      })
      .toBe(1);
    const file = (await desk.api<Files>('admin', 'GET', list)).results[0];
    expect(file?.note_id).not.toBeNull();
    expect((await desk.api<Files>('employee', 'GET', list)).results).toEqual([]);
    for (const path of [`/api/attachments/${file?.id}`, `/api/attachments/${file?.id}/content`]) {
      await expect(desk.api('employee', 'GET', path)).rejects.toThrow(/: 404/);
    }
    const seen = await desk.openAs('employee', `/tickets/${id}`);
    await seen.getByText('It does not work.').first().waitFor();
    expect(await seen.getByText('secret.txt').count()).toBe(0);
  });
});
