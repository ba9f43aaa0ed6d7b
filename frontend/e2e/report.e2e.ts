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
