import { useLingui } from '@lingui/react/macro';
import { exactTime, relativeTime, useNow } from '@/lib/time';

interface RelativeTimeProps {
  iso: string;
  /** Without abbreviations, whose full stops get in the way inside sentences. */
  long?: boolean;
  className?: string;
}

/** "3 hours ago"; the exact time on hover and in the markup. */
export function RelativeTime({ iso, long = false, className }: RelativeTimeProps) {
  const { i18n } = useLingui();
  const now = useNow();
  return (
    <time dateTime={iso} title={exactTime(iso, i18n.locale)} className={className}>
      {relativeTime(
        iso,
        Math.max(now, new Date(iso).getTime()),
        i18n.locale,
        long ? 'long' : 'short',
      )}
    </time>
  );
}
