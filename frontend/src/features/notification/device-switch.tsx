import { useLingui } from '@lingui/react/macro';
import { Switch } from '@mantine/core';
import { switchNotifications, useNotifyState } from '@/lib/notify/setting';

/** Notifications of this browser, which asks for its permission only when one wants them. */
export function DeviceSwitch() {
  const { t } = useLingui();
  const state = useNotifyState();
  const wanted = t`While no tab of Fixdesk is on the screen; where the browser can, also when none is open.`;
  const explanation = {
    off: wanted,
    on: wanted,
    denied: t`This browser blocks them. Allow notifications for this site in its settings, then come back.`,
    unsupported: t`This browser shows notifications only where Fixdesk is reached by HTTPS.`,
  }[state];
  return (
    <Switch
      label={t`Notifications of this browser`}
      description={explanation}
      checked={state === 'on'}
      disabled={state === 'denied' || state === 'unsupported'}
      onChange={(event) => void switchNotifications(event.currentTarget.checked)}
    />
  );
}
