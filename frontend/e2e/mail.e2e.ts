import { expect, it } from 'vitest';
import { expectAccessible, expectNoSidewaysScroll, journeys } from './desk.ts';

journeys('The mail of a ticket', (desk) => {
  it('is told beside each text: where it came from, and whom it reached', async () => {
    const { id, ticket_id: ticket } = await desk.mailIn('Lena Long <lena@other.example>', [
      'Subject: The printer jams',
      '',
      'It jams again.',
    ]);
    const page = await desk.openAs('admin', `/tickets/${ticket}`, { width: 1600 });
    const talk = page.getByRole('region', { name: 'Conversation' });
    await talk.getByText('By mail from lena@other.example').waitFor();
    await talk.getByText('Mailed to one person').click(); // the acknowledgement
    await talk.getByText('Lena Long <lena@other.example>').waitFor();

    await page.getByRole('button', { name: 'Mail', exact: true }).click();
    const beside = page.getByRole('region', { name: 'Mail of this ticket' });
    await beside.getByText('Acknowledgement').waitFor();

    // An answer says what becomes of it while one looks.
    await desk.api('it_staff', 'POST', `/api/tickets/${ticket}/add_comment`, { content: 'Soon.' });
    await talk.getByText('Soon.').waitFor();
    await expect.poll(() => talk.getByText('Mailed to one person').count()).toBe(2);
    if (process.env.PICTURES) {
      await page.screenshot({ path: `${process.env.PICTURES}/mail-ticket.png` });
    }
    await expectAccessible(page);
    await expectNoSidewaysScroll(page);

    // Administrators get to the page of the message, the staff to none.
    await talk.getByRole('link', { name: 'lena@other.example' }).click();
    await page.getByRole('heading', { name: 'The printer jams' }).waitFor();
    expect(new URL(page.url()).pathname).toBe(`/mail/${id}`);
    const staff = await desk.openAs('it_staff', `/tickets/${ticket}`);
    const theirs = staff.getByRole('region', { name: 'Conversation' });
    await theirs.getByText('By mail from lena@other.example').waitFor();
    expect(await theirs.getByRole('link', { name: 'lena@other.example' }).count()).toBe(0);
    await theirs.getByText('Mailed to one person').first().click();
    expect(await theirs.getByText('<lena@other.example>').count()).toBe(0);
  });

  it('can be left by those in CC, by a link that only asks', async () => {
    const { id } = await desk.ticket('Lamp');
    const lee = 'lee.with.a.long.name@department.other.example';
    await desk.api('employee', 'POST', `/api/tickets/${id}/cc`, { address: lee });
    await desk.api('it_staff', 'POST', `/api/tickets/${id}/add_comment`, { content: 'Soon.' });
    const link = await desk.mailedLink(lee, '/api/mail/unsubscribe');
    const inCC = async () => {
      const path = `/api/tickets/${id}/watchers`;
      const all = await desk.api<{ results: { address: string }[] }>('admin', 'GET', path);
      return all.results.some(({ address }) => address === lee);
    };
    const page = await desk.open(link);
    await page.getByText(`No more mail about ticket #${id} to ${lee}?`).waitFor();
    await expectAccessible(page);
    // Programs that look at the links in mails open it, too.
    expect(await inCC()).toBe(true);
    const small = await desk.open(link, {
      width: 360,
      height: 640,
      dark: true,
      locale: 'de-DE',
    });
    await small.getByRole('heading', { name: 'Abbestellen' }).waitFor();
    await expectNoSidewaysScroll(small);
    await expectAccessible(small);
    if (process.env.PICTURES) {
      await page.screenshot({ path: `${process.env.PICTURES}/leave.png` });
      await small.screenshot({ path: `${process.env.PICTURES}/leave-small.png` });
    }
    await small.getByRole('button', { name: 'Abbestellen' }).click();
    await small.getByRole('heading', { name: 'Erledigt' }).waitFor();
    await expectNoSidewaysScroll(small);
    await expectAccessible(small);
    expect(await inCC()).toBe(false);
    await page.goto(link.replace('token=', 'token=x'));
    await page.getByText('This link is not valid.').waitFor();
    await expectAccessible(page);
    if (process.env.PICTURES) {
      await page.screenshot({ path: `${process.env.PICTURES}/leave-wrong.png` });
      await small.screenshot({ path: `${process.env.PICTURES}/leave-done.png` });
    }
  });

  it('tries a message of some megabytes, and does nothing', async () => {
    const page = await desk.openAs('admin', '/mail?tab=try');
    const line = `${'eHh4'.repeat(19)}\r\n`;
    const raw = [
      'From: lena@other.example',
      'Subject: Large',
      'MIME-Version: 1.0',
      'Content-Type: multipart/mixed; boundary=b',
      '',
      '--b',
      '',
      'It jams.',
      '--b',
      'Content-Type: application/octet-stream; name="large.bin"',
      'Content-Transfer-Encoding: base64',
      '',
      `${line.repeat(80_000)}--b--`,
    ].join('\r\n');
    const [chooser] = await Promise.all([
      page.waitForEvent('filechooser'),
      page.getByRole('button', { name: 'Message', exact: true }).click(),
    ]);
    await chooser.setFiles({
      name: 'large.eml',
      mimeType: 'message/rfc822',
      buffer: Buffer.from(raw),
    });
    await page.getByRole('button', { name: 'Try the message' }).click();
    await page.getByText('It would open a ticket: Large').waitFor();
    await expectAccessible(page);
  });
});
