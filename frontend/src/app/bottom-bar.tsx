import { Trans, useLingui } from '@lingui/react/macro';
import { IconDots, IconHome, IconPlus, IconTicket } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useId, useRef, useState } from 'react';
import type { Item } from './rail-item';
import { currentProps, useItems } from './rail-items';
import classes from './shell.module.css';

/** The rail of phones. Five fit; what else there is stands behind the fourth. */
export function BottomBar() {
  const { t } = useLingui();
  const { work, admin, me } = useItems();
  const onTickets = work.some((item) => item.link.to === '/tickets' && item.current);
  // Pages of the work that are no list of tickets stand beside those of the administration.
  const more = [
    ...work.filter((item) => !['/', '/tickets'].includes(String(item.link.to))),
    ...admin,
  ];
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
    {
      key: 'new',
      label: t`New`,
      icon: IconPlus,
      link: { to: '/tickets/new' },
      current: false,
    },
  ];
  return (
    <nav className={classes.bottom} aria-label={t`Main`}>
      {items.map((item) => (
        <Entry key={item.key} item={item} />
      ))}
      {more.length > 1 && <More items={more} />}
      {more.length === 1 && more.map((item) => <Entry key={item.key} item={item} />)}
      <Entry item={{ ...me, label: t`Profile` }} />
    </nav>
  );
}

function Entry({ item, onOpen }: { item: Item; onOpen?: () => void }) {
  const { label, icon: Icon, link, current } = item;
  return (
    <Link {...link} {...currentProps(current)} onClick={onOpen}>
      <Icon size={20} stroke={1.8} />
      {label}
    </Link>
  );
}

/** What has no room in the bar, in a list above it. */
function More({ items }: { items: Item[] }) {
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const id = useId();
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape closes the list from anywhere in it
    <div
      className={classes.moreItems}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !open) return;
        event.preventDefault();
        setOpen(false);
        button.current?.focus();
      }}
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) setOpen(false);
      }}
    >
      <button
        ref={button}
        type="button"
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        data-tour="more"
        data-active={items.some(({ current }) => current) || undefined}
        onClick={() => setOpen(!open)}
      >
        <IconDots size={20} stroke={1.8} />
        <Trans>More</Trans>
      </button>
      {open && (
        <ul id={id}>
          {items.map((item) => (
            <li key={item.key}>
              <Entry item={item} onOpen={() => setOpen(false)} />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
