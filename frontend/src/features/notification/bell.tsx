import { useLingui } from '@lingui/react/macro';
import { IconBell } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useUnreadCount } from './api';
import classes from './notification.module.css';

/** How much is unread, and the way to it. */
export function Bell() {
  const { t } = useLingui();
  const { data } = useUnreadCount();
  const count = data?.count ?? 0;
  const shown = data?.more ? `${count}+` : String(count);
  const label = count > 0 ? t`Notifications, ${shown} unread` : t`Notifications`;
  return (
    <Link to="/notifications" className={classes.bell} aria-label={label} title={label}>
      <IconBell size={18} aria-hidden />
      {count > 0 && (
        <span className={classes.count} aria-hidden>
          {shown}
        </span>
      )}
    </Link>
  );
}
