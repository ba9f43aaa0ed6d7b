import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Code, CopyButton, Group, Stack } from '@mantine/core';
import { Dialog } from '@/ui/dialog';

/** The secret of a webhook, which is shown this one time. */
export function SecretDialog(props: { secret: string; rotated?: boolean; onClose: () => void }) {
  const { secret, rotated = false, onClose } = props;
  const { t } = useLingui();
  return (
    <Dialog title={t`The secret of the webhook`} onClose={onClose}>
      <Stack gap="sm">
        <p style={{ margin: 0 }}>
          <Trans>
            Copy it into the receiver now: it is shown only this once. The receiver checks with it
            that a message is from this desk and was not changed.
          </Trans>
        </p>
        {rotated && (
          <p style={{ margin: 0 }}>
            <Trans>
              For 24 hours messages carry a signature by the old secret as well, so that nothing is
              refused meanwhile.
            </Trans>
          </p>
        )}
        <Code style={{ overflowWrap: 'anywhere' }} aria-label={t`Secret`}>
          {secret}
        </Code>
        <Group justify="flex-end">
          <CopyButton value={secret}>
            {({ copied, copy }) => (
              <Button variant="default" onClick={copy}>
                {copied ? <Trans>Copied</Trans> : <Trans>Copy the secret</Trans>}
              </Button>
            )}
          </CopyButton>
          <Button onClick={onClose}>
            <Trans>Done</Trans>
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
