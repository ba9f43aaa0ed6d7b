import { useLingui } from '@lingui/react/macro';
import { exactTime, relativeTime, shortTime, useNow } from '@/lib/time';
import classes from './relative-time.module.css';

interface RelativeTimeProps {
  iso: string;
  /** Without abbreviations, whose full stops get in the way inside sentences. */
  long?: boolean;
  /** Shows the date, and "3 hours ago" on hover. */
  exact?: boolean;
  /** It may be still to come. */
  ahead?: boolean;
  className?: string;
}

/** "3 hours ago"; the exact time on hover and in the markup. */
export function RelativeTime(props: RelativeTimeProps) {
  const { iso, long = false, exact = false, ahead = false, className } = props;
  const { i18n } = useLingui();
  const now = useNow();
  // A clock that is a little behind makes nothing happen in the future.
  const since = ahead ? now : Math.max(now, new Date(iso).getTime());
  const relative = relativeTime(iso, since, i18n.locale, long || exact ? 'long' : 'short');
  return (
    <time
      dateTime={iso}
      title={exact ? relative : exactTime(iso, i18n.locale)}
      className={exact ? className : `${classes.relative} ${className ?? ''}`}
    >
      {exact ? shortTime(iso, i18n.locale) : relative}
    </time>
  );
}
