import { Trans, useLingui } from '@lingui/react/macro';
import { UnstyledButton } from '@mantine/core';
import {
  IconLayoutSidebarLeftCollapse,
  IconLayoutSidebarLeftExpand,
  IconLogout,
} from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { CommandButton } from '@/lib/commands';
import { signOut } from '@/lib/session-end';
import type { Item } from './rail-item';
import { currentProps, useItems } from './rail-items';
import classes from './shell.module.css';

function RailLink({ item }: { item: Item }) {
  const { icon: Icon, label, link, current, count } = item;
  return (
    <li>
      <Link {...link} {...currentProps(current)} className={classes.link} title={label}>
        <Icon size={18} stroke={1.8} />
        <span className={classes.label}>{label}</span>
        {!!count && <span className={classes.count}>{count}</span>}
      </Link>
    </li>
  );
}

interface RailProps {
  narrow: boolean;
  onToggle: () => void;
  /** What stands at its edge. */
  children?: ReactNode;
}

/** The left rail: views, then administration, then oneself. */
export function Rail({ narrow, onToggle, children }: RailProps) {
  const { t } = useLingui();
  const { work, views, teams, admin, me } = useItems();
  const Toggle = narrow ? IconLayoutSidebarLeftExpand : IconLayoutSidebarLeftCollapse;
  const toggleLabel = narrow ? t`Widen the menu` : t`Narrow the menu`;
  return (
    <nav className={classes.rail} aria-label={t`Main`}>
      <div className={classes.railInner}>
        <ul data-tour="tickets">
          {work.map((item) => (
            <RailLink key={item.key} item={item} />
          ))}
        </ul>
        {views.length > 0 && (
          <>
            <p className={classes.caption}>
              <Trans>Views</Trans>
              {!narrow && <CommandButton id="view.arrange" iconOnly />}
            </p>
            <ul>
              {views.map((item) => (
                <RailLink key={item.key} item={item} />
              ))}
            </ul>
          </>
        )}
        {teams.length > 0 && (
          <>
            <p className={classes.caption}>
              <Trans>My teams</Trans>
            </p>
            <ul>
              {teams.map((item) => (
                <RailLink key={item.key} item={item} />
              ))}
            </ul>
          </>
        )}
        {admin.length > 0 && (
          <>
            <p className={classes.caption}>
              <Trans>Administration</Trans>
            </p>
            <ul data-tour="admin">
              {admin.map((item) => (
                <RailLink key={item.key} item={item} />
              ))}
            </ul>
          </>
        )}
        <span className={classes.spacer} />
        <ul data-tour="me">
          <RailLink item={me} />
          <li>
            <UnstyledButton
              className={classes.link}
              onClick={() => void signOut()}
              title={t`Sign out`}
            >
              <IconLogout size={18} stroke={1.8} />
              <span className={classes.label}>
                <Trans>Sign out</Trans>
              </span>
            </UnstyledButton>
          </li>
          <li>
            <UnstyledButton
              className={classes.link}
              onClick={onToggle}
              aria-expanded={!narrow}
              title={toggleLabel}
            >
              <Toggle size={18} stroke={1.8} />
              <span className={classes.label}>{toggleLabel}</span>
            </UnstyledButton>
          </li>
        </ul>
      </div>
      {children}
    </nav>
  );
}
