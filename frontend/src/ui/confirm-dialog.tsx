import { Trans, useLingui } from '@lingui/react/macro';
import { Alert, Button, Group, Stack, TextInput } from '@mantine/core';
import { type FormEvent, type ReactNode, useState } from 'react';
import { inUse } from '@/lib/in-use';
import { explain } from '@/lib/problem';
import { Dialog } from './dialog';

interface ConfirmDialogProps {
  title: string;
  /** Verb and object, such as "Delete ticket". */
  confirm: string;
  /** For what cannot be undone: the word to type first. */
  typed?: string;
  busy: boolean;
  error: unknown;
  onConfirm: () => void;
  onClose: () => void;
  children: ReactNode;
}

/** Asks before something that cannot be undone. Mount it to open it. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { title, confirm, typed, busy, error, onConfirm, onClose, children } = props;
  const { t } = useLingui();
  const [text, setText] = useState('');
  const ready = !typed || text.trim() === typed;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (ready) onConfirm();
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <form onSubmit={submit} noValidate>
        <Stack gap="md">
          <div>{children}</div>
          {typed && (
            <TextInput
              label={t`Type ${typed} to confirm`}
              value={text}
              onChange={(event) => setText(event.currentTarget.value)}
              autoComplete="off"
              data-autofocus
            />
          )}
          {!!error && (
            <Alert color="red" role="alert">
              {inUse(error) ?? explain(error)}
            </Alert>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              <Trans>Cancel</Trans>
            </Button>
            <Button color="red" type="submit" loading={busy} disabled={!ready}>
              {confirm}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
