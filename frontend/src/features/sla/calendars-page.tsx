import { Trans, useLingui } from '@lingui/react/macro';
import { IconPlus } from '@tabler/icons-react';
import { useCan } from '@/lib/can';
import { LinkButton } from '@/ui/link-button';
import { Page } from '@/ui/page';
import { EmptyState, Fetched } from '@/ui/states';
import { TextLink } from '@/ui/text-link';
import { useCalendars } from './api';
import classes from './sla.module.css';
import { SlaNav } from './sla-nav';

/** The hours in which people work. */
export function CalendarsPage() {
  const { t } = useLingui();
  const manage = useCan('calendar.manage');
  const query = useCalendars();
  return (
    <Page
      title={t`Calendars`}
      actions={
        manage && (
          <LinkButton to="/calendars/new" leftSection={<IconPlus size={16} />}>
            <Trans>New calendar</Trans>
          </LinkButton>
        )
      }
    >
      <SlaNav />
      <Fetched query={query}>
        {({ results }) =>
          results.length === 0 ? (
            <EmptyState title={t`No calendars yet`}>
              <Trans>
                A calendar has working hours and holidays. Policies without one count around the
                clock.
              </Trans>
            </EmptyState>
          ) : (
            <ul className={classes.list}>
              {results.map((calendar) => {
                const days = calendar.holidays.length;
                return (
                  <li key={calendar.id} className={classes.item}>
                    <div className={classes.main}>
                      <TextLink
                        to="/calendars/$calendarId"
                        params={{ calendarId: String(calendar.id) }}
                      >
                        {calendar.name}
                      </TextLink>
                      <p>
                        {calendar.zone} · <Trans>Holidays: {days}</Trans>
                      </p>
                    </div>
                  </li>
                );
              })}
            </ul>
          )
        }
      </Fetched>
    </Page>
  );
}
