import { useLingui } from '@lingui/react/macro';
import { Modal } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './dialog.module.css';

/**
 * A dialog over the page; mount it to open it. Its head is no <header>, as
 * Mantine's is: outside of the page's main part that would be a second banner.
 * The button that closes it is the last in order: a dialog begins with what it asks.
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
  return (
    <Modal.Root opened size={size} onClose={onClose} transitionProps={{ duration: 100 }}>
      <Modal.Overlay />
      <Modal.Content className={classes.content}>
        <div className={classes.head}>
          <Modal.Title className={classes.title}>{title}</Modal.Title>
        </div>
        <Modal.Body>{children}</Modal.Body>
        <Modal.CloseButton className={classes.close} aria-label={t`Close`} />
      </Modal.Content>
    </Modal.Root>
  );
}
