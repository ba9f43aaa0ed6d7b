import { screen, waitFor } from '@testing-library/react';
import { delay, HttpResponse } from 'msw';
import { expect, it } from 'vitest';
import type { NotificationSettings, NotificationSettingsUpdate } from '@/lib/api';
import { openApp } from '@/testing/render';
import { on, problem, server } from '@/testing/server';

const settings: NotificationSettings = {
  digest_at: '08:00',
  kinds: [{ kind: 'mention', in_app: true, push: true, mail: 'at_once' }],
  quiet_from: null,
  quiet_to: null,
  time_zone: 'UTC',
  version: 1,
};

it('loses nothing of what is chosen while a choice is on its way', async () => {
  let kept = settings;
  server.use(
    on.get('/notification_settings', () => HttpResponse.json(kept)),
    on.patch('/notification_settings', async ({ request }) => {
      const { kinds, ...rest } = (await request.json()) as NotificationSettingsUpdate;
      await delay(100);
      kept = { ...kept, ...rest, kinds: kinds ?? kept.kinds };
      return HttpResponse.json(kept);
    }),
  );
  const { user } = openApp('/notifications/settings', 'employee');
  await user.selectOptions(await screen.findByLabelText('Mail: I am mentioned'), 'daily');
  await user.click(screen.getByRole('checkbox', { name: 'Push: I am mentioned' }));
  await user.click(screen.getByRole('switch', { name: /Quiet hours/ }));
  expect(screen.getByLabelText('Until')).toHaveValue('07:00');
  await waitFor(() => expect(kept.quiet_from).toBe('20:00'));
  expect(kept.kinds).toEqual([{ kind: 'mention', in_app: true, push: false, mail: 'daily' }]);
});

it('shows what is kept when a choice is refused', async () => {
  server.use(
    on.get('/notification_settings', () => HttpResponse.json(settings)),
    on.patch('/notification_settings', () => problem(503)),
  );
  const { user } = openApp('/notifications/settings', 'employee');
  const push = await screen.findByRole('checkbox', { name: 'Push: I am mentioned' });
  await user.click(push);
  expect(await screen.findByRole('alert')).toBeVisible();
  await waitFor(() => expect(push).toBeChecked());
});
