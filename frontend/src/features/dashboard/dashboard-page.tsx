import { Trans, useLingui } from '@lingui/react/macro';
import { Skeleton } from '@mantine/core';
import { IconChartLine, IconPlus } from '@tabler/icons-react';
import { Link, type LinkProps } from '@tanstack/react-router';
import { lazy, type ReactNode, Suspense } from 'react';
import { statuses, statusKeys, TicketRow, unfinished } from '@/features/ticket';
import type { Dashboard, Ticket } from '@/lib/api';
import { useCan } from '@/lib/can';
import { LinkButton } from '@/ui/link-button';
import { Page } from '@/ui/page';
import { Section } from '@/ui/section';
import { EmptyState, Fetched, SkeletonRows } from '@/ui/states';
import { useDashboard } from './api';
import classes from './dashboard-page.module.css';
import { MyDay } from './my-day';

const Charts = lazy(() => import('./charts').then((m) => ({ default: m.Charts })));

/** Where everybody starts: numbers that lead to their lists, and what is on one's desk. */
export function DashboardPage() {
  const { t } = useLingui();
  const dashboard = useDashboard();
  const reports = useCan('report.view');
  return (
    <Page
      title={t`Dashboard`}
      actions={
        <>
          {reports && (
            <LinkButton to="/reports" variant="default" leftSection={<IconChartLine size={16} />}>
              <Trans>Reports</Trans>
            </LinkButton>
          )}
          <LinkButton to="/tickets/new" leftSection={<IconPlus size={16} />}>
            <Trans>New ticket</Trans>
          </LinkButton>
        </>
      }
    >
      <Fetched query={dashboard} skeleton={<DashboardSkeleton />}>
        {(data) => <Desk data={data} />}
      </Fetched>
    </Page>
  );
}

function Desk({ data }: { data: Dashboard }) {
  const { t } = useLingui();
  const works = useCan('ticket.queue');
  const reports = useCan('report.view');
  return (
    <>
      <Tiles data={data} works={works} />
      {reports && (
        <Suspense
          fallback={
            <div className={classes.chartSpace}>
              <SkeletonRows rows={5} />
            </div>
          }
        >
          <Charts data={data} />
        </Suspense>
      )}
      {works ? (
        <MyDay />
      ) : (
        <div className={classes.columns}>
          <TicketList
            title={t`Not solved yet`}
            tickets={data.mine}
            all={{ to: '/tickets', search: { status: unfinished } }}
            empty={
              <EmptyState title={t`Nothing is waiting`}>
                <Trans>Tickets that are not solved yet appear here.</Trans>
              </EmptyState>
            }
          />
          <TicketList
            title={t`My newest tickets`}
            tickets={data.recent}
            all={{ to: '/tickets' }}
            empty={
              <EmptyState
                title={t`You have not reported anything yet`}
                action={
                  <LinkButton to="/tickets/new" variant="default">
                    <Trans>New ticket</Trans>
                  </LinkButton>
                }
              />
            }
          />
        </div>
      )}
    </>
  );
}

function Tiles({ data, works }: { data: Dashboard; works: boolean }) {
  const { t, i18n } = useLingui();
  return (
    <ul className={classes.tiles} aria-label={t`Tickets in numbers`}>
      <Tile number={data.total} label={t`All tickets`} link={{ to: '/tickets' }} />
      {statusKeys.map((status) => (
        <Tile
          key={status}
          number={data.per_status[status] ?? 0}
          label={i18n._(statuses[status].label)}
          link={{ to: '/tickets', search: { status } }}
        />
      ))}
      {works && (
        <Tile
          number={data.unassigned}
          label={t`Unassigned`}
          link={{ to: '/tickets', search: { view: 'unassigned', status: unfinished } }}
        />
      )}
    </ul>
  );
}

function Tile({ number, label, link }: { number: number; label: string; link: LinkProps }) {
  const { i18n } = useLingui();
  return (
    <li>
      <Link {...link} className={classes.tile}>
        <span className={classes.number}>{new Intl.NumberFormat(i18n.locale).format(number)}</span>
        <span className={classes.label}>{label}</span>
      </Link>
    </li>
  );
}

function TicketList(props: {
  title: string;
  tickets: readonly Ticket[];
  all: LinkProps;
  empty: ReactNode;
}) {
  const { title, tickets, all, empty } = props;
  const { t } = useLingui();
  return (
    <Section
      title={title}
      actions={
        tickets.length > 0 && (
          <Link {...all} aria-label={t`Show all: ${title}`}>
            <Trans>Show all</Trans>
          </Link>
        )
      }
    >
      {tickets.length === 0 ? (
        empty
      ) : (
        <ul className={classes.rows}>
          {tickets.map((ticket) => (
            <li key={ticket.id}>
              <TicketRow ticket={ticket} look="brief" />
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

function DashboardSkeleton() {
  const { t } = useLingui();
  return (
    <div className="fd-late" role="status" aria-label={t`Loading`}>
      <div className={classes.tiles}>
        {[1, 2, 3, 4, 5].map((tile) => (
          <Skeleton key={tile} height={76} />
        ))}
      </div>
      <div className={classes.columns}>
        <Skeleton height={320} />
        <Skeleton height={320} />
      </div>
    </div>
  );
}
