import { useLingui } from '@lingui/react/macro';
import { UnstyledButton } from '@mantine/core';
import { IconChevronDown, IconChevronUp } from '@tabler/icons-react';
import { type ReactNode, useId, useState } from 'react';
import classes from './side-panel.module.css';

/**
 * What stands beside the conversation. Where there is no room beside it, the
 * first line of the properties and what is marked `data-always` are shown above
 * it, and the rest when it is asked for: the description comes first.
 */
export function SidePanel({
  properties,
  children,
}: {
  properties: ReactNode;
  /** The other sections, what matters most first. */
  children: ReactNode;
}) {
  const { t } = useLingui();
  const [open, setOpen] = useState(false);
  const id = useId();
  const Icon = open ? IconChevronUp : IconChevronDown;
  return (
    <div id={id} className={classes.panel} data-open={open || undefined}>
      {properties}
      <UnstyledButton
        className={classes.more}
        aria-label={t`Details`}
        title={t`Details`}
        aria-expanded={open}
        aria-controls={id}
        onClick={() => setOpen(!open)}
      >
        <Icon size={18} aria-hidden />
      </UnstyledButton>
      {children}
    </div>
  );
}
