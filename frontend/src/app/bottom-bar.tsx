import { useLingui } from '@lingui/react/macro';
import { IconHome, IconPlus, IconTicket } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { Item } from './rail-item';
import { currentProps, useItems } from './rail-items';
import classes from './shell.module.css';

/** The rail of phones. Five fit; whoever administrates creates tickets from the lists. */
export function BottomBar() {
  const { t } = useLingui();
  const { work, admin, me } = useItems();
  const onTickets = work.some((item) => item.key !== 'dashboard' && item.current);
  const home = work.find((item) => item.key === 'dashboard');
  const items: Item[] = [
    {
      key: 'dashboard',
      label: t`Dashboard`,
      icon: IconHome,
      link: { to: '/' },
      current: home?.current ?? false,
    },
    {
      key: 'tickets',
      label: t`Tickets`,
      icon: IconTicket,
      link: { to: '/tickets' },
      current: onTickets,
    },
    ...(admin.length > 0
      ? admin
      : [
          {
            key: 'new',
            label: t`New`,
            icon: IconPlus,
            link: { to: '/tickets/new' } as const,
            current: false,
          },
        ]),
    { ...me, label: t`Profile` },
  ];
  return (
    <nav className={classes.bottom} aria-label={t`Main`}>
      {items.map(({ key, label, icon: Icon, link, current }) => (
        <Link key={key} {...link} {...currentProps(current)}>
          <Icon size={20} stroke={1.8} />
          {label}
        </Link>
      ))}
    </nav>
  );
}
