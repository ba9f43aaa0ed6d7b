import { deflateSync } from 'node:zlib';
import type { Locator, Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { type Desk, expectAccessible, expectNoSidewaysScroll, journeys } from './desk.ts';

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

/** A PDF of these objects, the first of which is its catalogue. */
function pdf(objects: (string | Buffer)[], trailer = ''): Buffer {
  const parts: Buffer[] = [Buffer.from('%PDF-1.7\n')];
  const starts: number[] = [];
  const length = () => parts.reduce((sum, part) => sum + part.length, 0);
  objects.forEach((object, index) => {
    starts.push(length());
    parts.push(Buffer.from(`${index + 1} 0 obj\n`), Buffer.from(object), Buffer.from('\nendobj\n'));
  });
  const table = starts.map((at) => `${String(at).padStart(10, '0')} 00000 n \n`).join('');
  const rest =
    `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}trailer\n` +
    `<< /Size ${objects.length + 1} /Root 1 0 R ${trailer} >>\nstartxref\n${length()}\n%%EOF\n`;
  return Buffer.concat([...parts, Buffer.from(rest)]);
}

const stream = (dictionary: string, content: string | Buffer) =>
  Buffer.concat([
    Buffer.from(`<< ${dictionary} /Length ${content.length} >>\nstream\n`),
    Buffer.from(content),
    Buffer.from('\nendstream'),
  ]);

/** Pages on which a black line of text is written over a red square. */
function letter(pages: number, catalogue = '', page = ''): Buffer {
  const kids = Array.from({ length: pages }, (_, n) => `${n + 5} 0 R`).join(' ');
  return pdf([
    `<< /Type /Catalog /Pages 2 0 R ${catalogue} >>`,
    `<< /Type /Pages /Kids [${kids}] /Count ${pages} >>`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
    stream('', '1 0 0 rg 0 0 150 200 re f 0 g BT /F1 24 Tf 20 150 Td (Printer manual) Tj ET'),
    ...Array.from(
      { length: pages },
      () =>
        '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 400] /Contents 4 0 R ' +
        `/Resources << /Font << /F1 3 0 R >> >> ${page} >>`,
    ),
  ]);
}

/** A page as scanners and fax machines write it: one black picture, CCITT group 4. */
function scan(): Buffer {
  // The first line: horizontally, 0 white and 16 black; then 15 times the same as before; the end.
  const bits = `001${'00110101'}${'0000010111'}${'11'.repeat(15)}${'000000000001'.repeat(2)}`;
  const bytes = (bits.match(/.{1,8}/g) ?? []).map((byte) =>
    Number.parseInt(byte.padEnd(8, '0'), 2),
  );
  return pdf([
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 100 100] /Contents 4 0 R ' +
      '/Resources << /XObject << /Im 5 0 R >> >> >>',
    stream('', 'q 100 0 0 100 0 0 cm /Im Do Q'),
    stream(
      '/Type /XObject /Subtype /Image /Width 16 /Height 16 /ColorSpace /DeviceGray ' +
        '/BitsPerComponent 1 /Filter /CCITTFaxDecode ' +
        '/DecodeParms << /K -1 /Columns 16 /Rows 16 >>',
      Buffer.from(bytes),
    ),
  ]);
}

/** Sends PDFs with a reply and answers with the requester's page of the ticket. */
async function sendPdfs(desk: Desk, files: Record<string, Buffer>, options = {}): Promise<Page> {
  const { id } = await desk.ticket('How do I print?');
  const staff = await desk.openAs('it_staff', `/tickets/${id}`);
  await staff
    .locator('form:not([hidden]) input[data-files]')
    .setInputFiles(
      Object.entries(files).map(([name, buffer]) => ({ name, mimeType: 'text/plain', buffer })),
    );
  for (const name of Object.keys(files)) {
    await staff.getByRole('button', { name: `Take ${name} away` }).waitFor();
  }
  await staff.getByRole('textbox', { name: 'Reply' }).fill('Read this.');
  await staff.getByRole('button', { name: 'Send reply' }).click();
  await desk.until(id, { comment_count: 1 });
  return desk.openAs('employee', `/tickets/${id}`, options);
}

async function look(page: Page, name: string): Promise<Locator> {
  const files = page.getByRole('list', { name: 'Attachments' });
  await files.getByRole('button', { name: new RegExp(`^${name.replace('.', '\\.')}`) }).click();
  return page.getByRole('dialog', { name });
}

/** The colour of a point of a page, in parts of its width and height; null until it is drawn. */
const colour = (sheet: Locator, x: number, y: number) =>
  sheet.evaluate(
    (element, [x, y]) => {
      const canvas = element as HTMLCanvasElement;
      if (!canvas.dataset.drawn) return null;
      const ink = canvas.getContext('2d');
      return [...(ink?.getImageData(canvas.width * x, canvas.height * y, 1, 1).data ?? [])];
    },
    [x, y] as const,
  );

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

  it('shows the pages of a PDF as one comes to them, and scans', async () => {
    const page = await sendPdfs(
      desk,
      { 'manual.pdf': letter(60), 'scan.pdf': scan() },
      { dark: true, width: 360 },
    );
    const heavy: string[] = [];
    page.on('request', (request) => {
      if (/assets\/pdf/.test(request.url())) heavy.push(request.url());
    });
    const dialog = await look(page, 'manual.pdf');
    const first = dialog.getByRole('img', { name: 'Page 1 of 60' });
    // Red on its lower left, white on the right: what the page says.
    await expect
      .poll(() => colour(first, 0.25, 0.9), { timeout: 30_000 })
      .toEqual([255, 0, 0, 255]);
    expect(await colour(first, 0.9, 0.9)).toEqual([255, 255, 255, 255]);
    expect(heavy.length).toBeGreaterThanOrEqual(2);
    await dialog.getByText('Only the first 50 pages are shown.').waitFor();
    const last = dialog.getByRole('img', { name: 'Page 50 of 60' });
    expect(await colour(last, 0.25, 0.9)).toBeNull();
    await expectNoSidewaysScroll(page);
    await expectAccessible(page);
    await dialog.getByRole('region', { name: 'Pages of the file' }).focus();
    await page.keyboard.press('End');
    await expect.poll(() => colour(last, 0.25, 0.9), { timeout: 30_000 }).toEqual([255, 0, 0, 255]);
    // What is far away takes no memory.
    await expect.poll(() => colour(first, 0.25, 0.9)).toBeNull();
    await page.keyboard.press('Escape');
    const black = (await look(page, 'scan.pdf')).getByRole('img', { name: 'Page 1 of 1' });
    await expect.poll(() => colour(black, 0.5, 0.5), { timeout: 30_000 }).toEqual([0, 0, 0, 255]);
    expect(desk.complaints).toEqual([]);
  });

  it('does nothing that a PDF wants, and says when one cannot be shown', async () => {
    const script =
      'app.alert("caught"); this.submitForm("/api/auth/logout"); app.launchURL("https://evil.example")';
    const js = `<< /S /JavaScript /JS (${script}) >>`;
    const page = await sendPdfs(desk, {
      'evil.pdf': letter(
        1,
        `/OpenAction ${js} /AA << /WC ${js} >> /Names << /JavaScript << /Names [(a) ${js}] >> >>`,
        `/AA << /O ${js} >> /Annots [<< /Type /Annot /Subtype /Link /Rect [0 0 300 400] ` +
          '/A << /S /URI /URI (https://evil.example/) >> >>]',
      ),
      'broken.pdf': Buffer.from('%PDF-1.7\nThis is no document.'),
      'locked.pdf': pdf(
        ['<< /Type /Catalog /Pages 2 0 R >>', '<< /Type /Pages /Kids [] /Count 0 >>'],
        `/ID [<${'00'.repeat(16)}> <${'00'.repeat(16)}>] /Encrypt << /Filter /Standard /V 1 /R 2 ` +
          `/O <${'41'.repeat(32)}> /U <${'42'.repeat(32)}> /P -4 >>`,
      ),
    });
    const before = page.url();
    const left: string[] = [];
    page.on('request', (request) => {
      if (!request.url().startsWith(desk.url) && !/^(blob|data):/.test(request.url())) {
        left.push(request.url());
      }
    });
    page.on('dialog', (dialog) => {
      left.push(dialog.message());
      void dialog.dismiss();
    });
    page.context().on('page', (opened) => left.push(opened.url()));
    let dialog = await look(page, 'evil.pdf');
    const sheet = dialog.getByRole('img', { name: 'Page 1 of 1' });
    await expect
      .poll(() => colour(sheet, 0.25, 0.9), { timeout: 30_000 })
      .toEqual([255, 0, 0, 255]);
    await sheet.click();
    expect(await dialog.getByRole('link').count()).toBe(0);
    await page.keyboard.press('Escape');
    dialog = await look(page, 'broken.pdf');
    await dialog.getByRole('alert').getByText('broken and cannot be shown').waitFor();
    const saved = page.waitForEvent('download');
    await dialog.getByRole('button', { name: 'Download' }).click();
    expect((await saved).suggestedFilename()).toBe('broken.pdf');
    await page.keyboard.press('Escape');
    dialog = await look(page, 'locked.pdf');
    await dialog.getByRole('alert').getByText('protected by a password').waitFor();
    await expectAccessible(page);
    expect(left).toEqual([]);
    expect(page.url()).toBe(before);
    expect(desk.complaints).toEqual([]);
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
