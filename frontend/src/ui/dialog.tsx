import { Trans, useLingui } from '@lingui/react/macro';
import { Alert, Button, Group, Modal } from '@mantine/core';
import { type ReactNode, useEffect, useRef, useState } from 'react';
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
  keep = false,
  onClose,
  children,
}: {
  title: string;
  /** Its width, as Mantine names it. */
  size?: 'md' | 'lg' | 'xl';
  /** Asks before Escape, a click beside it or its cross throw away what was typed or picked. */
  keep?: boolean;
  onClose: () => void;
  children: ReactNode;
}) {
  const { t } = useLingui();
  useFocusBack();
  const body = useRef<HTMLDivElement>(null);
  const typed = useRef(false);
  /** What the fields held before anybody did anything. */
  const before = useRef<string>(undefined);
  /** What had the focus last: a click beside the dialog takes it away before it is heard of. */
  const focused = useRef<HTMLElement>(null);
  const [asked, setAsked] = useState(false);
  const touched = () => {
    before.current ??= fieldsOf(body.current);
  };
  const goOn = () => {
    setAsked(false);
    if (focused.current?.isConnected) focused.current.focus();
    else body.current?.querySelector<HTMLElement>('input, textarea, select, button')?.focus();
  };
  const leave = () => {
    if (asked) return goOn();
    const changed = before.current !== undefined && before.current !== fieldsOf(body.current);
    if (keep && (typed.current || changed)) setAsked(true);
    else onClose();
  };
  return (
    <Modal.Root opened size={size} onClose={leave} transitionProps={{ duration: 100 }}>
      <Modal.Overlay />
      <Modal.Content>
        <div className={classes.head}>
          <Modal.Title className={classes.title}>{title}</Modal.Title>
          <Modal.CloseButton aria-label={t`Close`} />
        </div>
        <Modal.Body
          ref={body}
          onKeyDownCapture={touched}
          onPointerDownCapture={touched}
          onInput={() => {
            typed.current = true;
          }}
        >
          {asked && <Unsaved onLeave={onClose} onGoOn={goOn} />}
          {/* biome-ignore lint/a11y/noStaticElementInteractions: it only remembers where the focus is */}
          <div
            onFocus={({ target }) => {
              focused.current = target;
            }}
          >
            {children}
          </div>
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}

/** What the fields of a form hold: lines that are added, moved or picked tell nothing when they are. */
function fieldsOf(form: HTMLElement | null): string {
  const fields = form?.querySelectorAll<HTMLInputElement>('input, textarea, select') ?? [];
  return JSON.stringify(Array.from(fields, ({ value, checked }) => [value, checked]));
}

/** The question before what was typed is thrown away. */
function Unsaved({ onLeave, onGoOn }: { onLeave: () => void; onGoOn: () => void }) {
  const { t } = useLingui();
  const safe = useRef<HTMLButtonElement>(null);
  useEffect(() => safe.current?.focus(), []);
  return (
    <Alert
      color="orange"
      role="alert"
      title={t`What you entered is not saved.`}
      className={classes.unsaved}
    >
      <Group>
        <Button ref={safe} onClick={onGoOn}>
          <Trans>Go on editing</Trans>
        </Button>
        <Button variant="outline" color="red" onClick={onLeave}>
          <Trans>Throw it away</Trans>
        </Button>
      </Group>
    </Alert>
  );
}
