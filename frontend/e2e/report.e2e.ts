import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { expectAccessible, expectNoSidewaysScroll, journeys } from './desk.ts';

journeys('Reports and exports', (desk) => {
  it('counts what happens within a second, and leads to the tickets', async () => {
    const { id } = await desk.ticket('Counted');
    const ada = await desk.openAs('admin', '/reports?last=7');
    const created = ada.getByRole('link', { name: /Created/ }).first();
    await created.waitFor();
    const number = async () =>
      Number.parseInt((await created.innerText()).replace(/\D*\n.*/s, ''), 10);
    const before = await number();
    expect(before).toBeGreaterThan(0);
    await desk.ticket('Counted as well');
    await expect.poll(number, { timeout: 2000, interval: 50 }).toBe(before + 1);
    await ada.getByRole('img', { name: /^Chart: Created and solved/ }).waitFor();
    await expectAccessible(ada);
    await created.click();
    await ada.getByRole('link', { name: new RegExp(`#${id}`) }).waitFor();
  });

  it('splits the period by tag and by field, each number leading to its tickets', async () => {
    const field = await desk.api<{ id: number }>('admin', 'POST', '/api/fields', {
      ...{ slug: 'leased', name: 'Leased', kind: 'checkbox', everywhere: true },
    });
    const { id } = await desk.ticket('Split me');
    await desk.api('admin', 'PATCH', `/api/tickets/${id}`, {
      tags: ['counted-tag'],
      fields: { leased: true },
    });
    const ada = await desk.openAs('admin', '/reports?last=7', { width: 1400 });
    const table = ada.getByRole('region', { name: 'Table: By tag or field' });
    await table.getByRole('link', { name: 'counted-tag, Created: 1' }).waitFor();
    await expectAccessible(ada);
    if (process.env.SHOTS) await table.screenshot({ path: `${process.env.SHOTS}/report-tag.png` });
    await ada.getByLabel('Split by').selectOption({ label: 'Leased' });
    const [file] = await Promise.all([
      ada.waitForEvent('download'),
      ada.getByRole('button', { name: 'Download as CSV: By tag or field' }).click(),
    ]);
    expect(readFileSync(await file.path(), 'utf8')).toContain('yes,1,');
    await table.getByRole('link', { name: 'yes, Created: 1' }).click();
    await ada.getByRole('link', { name: new RegExp(`#${id}`) }).waitFor();
    const small = await desk.openAs('admin', '/reports', { dark: true, width: 360 });
    await small.getByRole('heading', { name: 'By tag or field' }).waitFor();
    await expectNoSidewaysScroll(small);
    await expectAccessible(small);
    await desk.api('admin', 'PATCH', `/api/fields/${field.id}`, { archived: true });
  });

  it('shows the day of an agent, in dark and on a phone', async () => {
    const stan = await desk.openAs('it_staff', '/', { dark: true });
    await stan.getByRole('heading', { name: 'Waiting for me' }).waitFor();
    await stan.getByRole('heading', { name: 'New and unassigned' }).waitFor();
    await expectAccessible(stan);
    const ada = await desk.openAs('admin', '/reports', { dark: true, width: 360 });
    await ada.getByRole('img', { name: /^Chart: Created and solved/ }).waitFor();
    await expectNoSidewaysScroll(ada);
    await expectAccessible(ada);
  });

  it('exports a list by the keyboard', async () => {
    await desk.ticket('=Exported');
    const stan = await desk.openAs('it_staff', '/tickets?q=Exported');
    await stan.getByRole('link', { name: /Exported/ }).waitFor();
    await stan.keyboard.press('Shift+E');
    const dialog = stan.getByRole('dialog');
    await dialog.getByRole('radio', { name: 'CSV' }).check();
    await expectAccessible(stan);
    const [file] = await Promise.all([
      stan.waitForEvent('download'),
      dialog.getByRole('button', { name: 'Export tickets' }).click(),
    ]);
    expect(file.suggestedFilename()).toMatch(/^tickets-[\d-]+\.csv$/);
    const lines = readFileSync(await file.path(), 'utf8').split('\n');
    expect(lines[0]).toMatch(/^\uFEFFid,title,description/);
    expect(lines[1]).toContain(",'=Exported,");
    expect(lines).toHaveLength(3);
  });
});
