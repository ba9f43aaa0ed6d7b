import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Group } from '@mantine/core';
import { useEffect, useId, useRef, useState } from 'react';
import type { Permission } from '@/lib/can';
import { Keys } from '@/lib/commands';
import { useMe } from '@/lib/session';
import { stepsFor } from './steps';
import classes from './tour.module.css';

/**
 * Shows around without getting in the way: a card in the corner that marks what
 * it speaks of, while everything behind it stays usable.
 */
export function Tour({ onEnd }: { onEnd: () => void }) {
  const { t, i18n } = useLingui();
  const permissions = useMe().permissions ?? [];
  const [steps] = useState(() =>
    stepsFor((permission: Permission) => permissions.includes(permission)),
  );
  const [at, setAt] = useState(0);
  const heading = useRef<HTMLHeadingElement>(null);
  const before = useRef<Element | null>(null);
  const id = useId();
  const step = steps[at];
  const last = at === steps.length - 1;

  useEffect(() => {
    before.current = document.activeElement;
    return () => {
      if (before.current instanceof HTMLElement && before.current.isConnected) {
        before.current.focus({ preventScroll: true });
      }
    };
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each step is read from its heading
  useEffect(() => {
    // Whoever is writing already goes on writing.
    const busy = document.activeElement?.closest('input, textarea, [contenteditable="true"]');
    if (!busy) heading.current?.focus({ preventScroll: true });
  }, [at]);
  const target = step?.target;
  useEffect(() => {
    const marked = target
      ? [...document.querySelectorAll<HTMLElement>(target)].find((one) => one.offsetParent !== null)
      : undefined;
    marked?.setAttribute('data-tour-current', '');
    const menu = marked?.parentElement;
    if (menu) {
      // A long menu scrolls to it; the page stays where it is.
      const [mark, frame] = [marked.getBoundingClientRect(), menu.getBoundingClientRect()];
      const below = Math.max(0, mark.bottom + 12 - frame.bottom);
      menu.scrollTop += below || Math.min(0, mark.top - 12 - frame.top);
    }
    return () => marked?.removeAttribute('data-tour-current');
  }, [target]);

  if (!step) return null;
  return (
    <div
      role="dialog"
      aria-modal="false"
      aria-labelledby={`${id}-title`}
      aria-describedby={`${id}-text`}
      className={classes.card}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        onEnd();
      }}
    >
      <h2 id={`${id}-title`} ref={heading} tabIndex={-1} className={classes.title}>
        {i18n._(step.title)}
      </h2>
      <p id={`${id}-text`} className={classes.text}>
        {i18n._(step.text)}
      </p>
      {step.keys && (
        <p className={classes.keys}>
          {step.keys.map((keys) => (
            <Keys key={keys} keys={keys} />
          ))}
        </p>
      )}
      <Group justify="space-between" gap="xs">
        <span className={classes.count}>{t`${at + 1} of ${steps.length}`}</span>
        {!last && (
          <Button size="xs" variant="subtle" onClick={onEnd}>
            <Trans>Skip the tour</Trans>
          </Button>
        )}
        <Group gap="xs" ms="auto">
          {at > 0 && (
            <Button size="xs" variant="default" onClick={() => setAt(at - 1)}>
              <Trans>Back</Trans>
            </Button>
          )}
          <Button size="xs" onClick={() => (last ? onEnd() : setAt(at + 1))}>
            {last ? <Trans>Done</Trans> : <Trans>Next</Trans>}
          </Button>
        </Group>
      </Group>
    </div>
  );
}
