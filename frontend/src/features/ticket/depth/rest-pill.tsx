import { Trans, useLingui } from '@lingui/react/macro';
import { IconBell, IconZzz } from '@tabler/icons-react';
import type { Ticket } from '@/lib/api';
import { exactTime } from '@/lib/time';
import { Hidden } from '@/ui/hidden';
import { Pill } from '@/ui/pill';

/** Until when a ticket rests, or that it has come back. */
export function RestPill({ ticket }: { ticket: Ticket }) {
  const { t, i18n } = useLingui();
  const { snooze, woken_at } = ticket;
  if (snooze) {
    const until = snooze.until && exactTime(snooze.until, i18n.locale);
    return (
      <Pill tone="grey" icon={<IconZzz size={14} aria-hidden />}>
        {until ? t`Snoozed until ${until}` : t`Snoozed until a reply`}
      </Pill>
    );
  }
  if (!woken_at) return null;
  return (
    <Pill tone="orange" icon={<IconBell size={14} aria-hidden />}>
      {t`Woken`}
    </Pill>
  );
}

/** The same in a list, where there is room for an icon. */
export function RestMark({ ticket }: { ticket: Ticket }) {
  if (ticket.snooze) {
    return (
      <>
        <IconZzz size={14} aria-hidden />{' '}
        <Hidden>
          <Trans>Snoozed:</Trans>{' '}
        </Hidden>
      </>
    );
  }
  if (!ticket.woken_at) return null;
  return (
    <>
      <IconBell size={14} aria-hidden />{' '}
      <Hidden>
        <Trans>Woken:</Trans>{' '}
      </Hidden>
    </>
  );
}
