import { Trans, useLingui } from '@lingui/react/macro';
import { Button, type ButtonProps } from '@mantine/core';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { focusBeside } from '@/lib/navigation';
import { ConfirmDialog } from './confirm-dialog';

interface DeleteButtonProps {
  /** As large as the buttons beside it. */
  size?: ButtonProps['size'];
  name: string;
  title: string;
  /** Verb and object. */
  confirm: string;
  onDelete: () => Promise<unknown>;
  /** What follows from it. */
  children: ReactNode;
}

/** Deletes a row of a list once that is confirmed; the focus goes on to the next row. */
export function DeleteButton(props: DeleteButtonProps) {
  const { size = 'compact-sm', name, title, confirm, onDelete, children } = props;
  const { t } = useLingui();
  const [asked, setAsked] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const button = useRef<HTMLButtonElement>(null);
  const next = useRef<(() => void) | null>(null);
  // Only when the row is gone: before, the focus belongs to the dialog.
  useEffect(() => () => next.current?.(), []);
  const go = async () => {
    next.current = focusBeside(button.current);
    setBusy(true);
    setError(null);
    try {
      await onDelete();
    } catch (wrong) {
      next.current = null;
      setError(wrong);
    }
    setBusy(false);
  };
  return (
    <>
      <Button
        ref={button}
        size={size}
        variant="default"
        data-deletes
        aria-label={t`Delete ${name}`}
        onClick={() => {
          setError(null);
          setAsked(true);
        }}
      >
        <Trans>Delete</Trans>
      </Button>
      {asked && (
        <ConfirmDialog
          title={title}
          confirm={confirm}
          busy={busy}
          error={error}
          onClose={() => setAsked(false)}
          onConfirm={() => void go()}
        >
          {children}
        </ConfirmDialog>
      )}
    </>
  );
}
