import { useLingui } from '@lingui/react/macro';
import { Modal } from '@mantine/core';
import { type ReactNode, useEffect, useState } from 'react';
import classes from './dialog.module.css';

/**
 * Gives the focus back to what had it before the dialog, as Mantine does only for what is
 * opened after it was mounted. What is gone meanwhile gets none, and whatever was focused
 * while the dialog closed keeps it.
 */
function useFocusBack(): void {
  // While it is rendered: its fields take the focus as soon as they are there.
  const [before] = useState(() => document.activeElement);
  useEffect(
    () => () => {
      setTimeout(() => {
        const now = document.activeElement;
        if (now !== null && now !== document.body) return;
        if (before instanceof HTMLElement && before.isConnected) {
          before.focus({ preventScroll: true });
        }
      });
    },
    [before],
  );
}

/**
 * A dialog over the page; mount it to open it. Its head is no <header>, as
 * Mantine's is: outside of the page's main part that would be a second banner.
 */
export function Dialog({
  title,
  size,
  onClose,
  children,
}: {
  title: string;
  /** Its width, as Mantine names it. */
  size?: 'md' | 'lg' | 'xl';
  onClose: () => void;
  children: ReactNode;
}) {
  const { t } = useLingui();
  useFocusBack();
  return (
    <Modal.Root opened size={size} onClose={onClose} transitionProps={{ duration: 100 }}>
      <Modal.Overlay />
      <Modal.Content>
        <div className={classes.head}>
          <Modal.Title className={classes.title}>{title}</Modal.Title>
          <Modal.CloseButton aria-label={t`Close`} />
        </div>
        <Modal.Body>{children}</Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}
