import { useLingui } from '@lingui/react/macro';
import { Modal } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './dialog.module.css';

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
