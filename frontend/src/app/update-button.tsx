import { Trans, useLingui } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { useUpdate } from '@/lib/pwa/update';
import { announce } from '@/lib/status-line';

/** Fields whose text is kept nowhere; drafts of answers survive a reload. */
const unkept =
  'main form :is(textarea, [contenteditable="true"]):not([data-composer], [data-composer] *)';

/** Offers the new version of the app; it never comes by itself. */
export function UpdateButton() {
  const { t } = useLingui();
  const update = useUpdate();
  if (!update) return null;
  const change = () => {
    if (document.querySelector(unkept)) {
      announce(t`Save or cancel what you are editing first.`, 'bad');
    } else update();
  };
  return (
    <Button
      size="compact-sm"
      variant="light"
      leftSection={<IconRefresh size={14} aria-hidden />}
      onClick={change}
    >
      <Trans>New version: reload</Trans>
    </Button>
  );
}
