import { expect, it } from 'vitest';
import { expectAccessible, expectNoSidewaysScroll, journeys } from './desk.ts';

journeys('The notification centre', (desk) => {
  it('counts what concerns one, and forgets it when the ticket is opened', async () => {
    const { id } = await desk.ticket('Bell rings');
    const me = await desk.api<{ id: number }>('it_staff', 'GET', '/api/auth/me');
    await desk.api('it_staff', 'POST', '/api/notifications/read', { up_to: 1_000_000_000 });
    const page = await desk.openAs('it_staff', '/');
    const bell = page.getByRole('link', { name: /^Notifications/ });
    await bell.waitFor();
    expect(await bell.getAttribute('aria-label')).toBe('Notifications');
    await desk.api('admin', 'POST', `/api/tickets/${id}/assign`, { user_id: me.id });
    await page.getByRole('link', { name: 'Notifications, 1 unread' }).waitFor();
    await desk.api('employee', 'POST', `/api/tickets/${id}/add_comment`, { content: 'Hello?' });
    await page.getByRole('link', { name: 'Notifications, 2 unread' }).waitFor();
    // One's own acts are no news.
    await desk.api('it_staff', 'POST', `/api/tickets/${id}/add_comment`, { content: 'Yes' });

    await page.keyboard.press('g');
    await page.keyboard.press('b');
    await page.getByRole('heading', { name: 'Notifications', level: 1 }).waitFor();
    await page.getByText(/assigned the ticket to you/).waitFor();
    await expectAccessible(page);
    await page.getByRole('link', { name: /Bell rings/ }).click();
    await page.getByRole('heading', { name: 'Bell rings' }).waitFor();
    await page.getByRole('link', { name: 'Notifications', exact: true }).waitFor();
  });

  it('does as one chooses', async () => {
    const page = await desk.openAs('employee', '/notifications/settings', { width: 360 });
    await page.getByLabel('Mail: I am mentioned').selectOption('daily');
    await page.getByRole('checkbox', { name: 'Push: I am mentioned' }).click();
    await page.getByRole('switch', { name: 'Quiet hours' }).click();
    await page.getByLabel('Until', { exact: true }).waitFor();
    await expectAccessible(page);
    await expectNoSidewaysScroll(page);
    await page.reload();
    await expect.poll(() => page.getByLabel('Mail: I am mentioned').inputValue()).toBe('daily');
    const kept = await desk.api<{ quiet_from: string; kinds: { kind: string; push: boolean }[] }>(
      'employee',
      'GET',
      '/api/notification_settings',
    );
    expect(kept.quiet_from).toBe('20:00');
    expect(kept.kinds.find(({ kind }) => kind === 'mention')?.push).toBe(false);
  });
});
