import { Trans, useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { priorities, priorityKeys, TicketRow } from '@/features/ticket';
import {
  countTicketsOptions,
  listQueryFieldsOptions,
  listTicketsOptions,
} from '@/lib/api/@tanstack/react-query.gen';
import { timeZone } from '@/lib/time';
import { Section } from '@/ui/section';
import { EmptyState, Fetched, SkeletonRows } from '@/ui/states';
import classes from './dashboard-page.module.css';

type Sort = '-created_at' | 'updated_at' | '-updated_at';

/** What is on the desk of somebody who works on tickets: each part is a list. */
export function MyDay() {
  const { t } = useLingui();
  // Tickets have a due date where the installation has one.
  const fields = useQuery({ ...listQueryFieldsOptions(), staleTime: Number.POSITIVE_INFINITY });
  const due = fields.data?.fields.some((field) => field.name === 'due');
  return (
    <>
      <div className={classes.mine}>
        <OpenByPriority />
      </div>
      <div className={classes.columns}>
        {due ? (
          <Part
            title={t`Due today or overdue`}
            q="assignee:me status:unfinished due:<=today"
            empty={t`Nothing is due`}
          />
        ) : (
          // Its place, so that the others do not change theirs.
          fields.isPending && (
            <Section title={t`Due today or overdue`}>
              <SkeletonRows rows={3} />
            </Section>
          )
        )}
        <Part
          title={t`Waiting for me`}
          q="assignee:me waiting:staff"
          sort="updated_at"
          empty={t`Nobody waits for you`}
        />
        <Part
          title={t`New and unassigned`}
          q="assignee:none status:unfinished"
          sort="-created_at"
          empty={t`Everything has somebody who works on it`}
        />
        <Part
          title={t`Solved by me in the last 7 days`}
          q="assignee:me solved:>=-7d"
          sort="-updated_at"
          empty={t`Nothing yet; it will be here when you solve it`}
        />
      </div>
    </>
  );
}

/** How many rows a part shows; the others are a link away. */
const shown = 6;

function Part(props: { title: string; q: string; sort?: Sort; empty: string }) {
  const { title, q, sort, empty } = props;
  const { t, i18n } = useLingui();
  const list = useQuery(
    listTicketsOptions({ query: { q, sort, tz: timeZone(), page_size: shown } }),
  );
  const count = list.data?.count ?? 0;
  const number = new Intl.NumberFormat(i18n.locale).format(count);
  return (
    <Section
      title={title}
      actions={
        count > 0 && (
          <Link to="/tickets" search={{ q, sort }} aria-label={t`Show all ${number}: ${title}`}>
            <Trans>Show all {number}</Trans>
          </Link>
        )
      }
    >
      <Fetched query={list} skeleton={<SkeletonRows rows={3} />}>
        {({ results }) =>
          results.length === 0 ? (
            <EmptyState title={empty} />
          ) : (
            <ul className={classes.rows}>
              {results.map((ticket) => (
                <li key={ticket.id}>
                  <TicketRow ticket={ticket} look="brief" />
                </li>
              ))}
            </ul>
          )
        }
      </Fetched>
    </Section>
  );
}

function OpenByPriority() {
  const { t } = useLingui();
  return (
    <Section title={t`My unfinished tickets by priority`}>
      <ul className={classes.tiles} aria-label={t`My unfinished tickets by priority`}>
        {priorityKeys.map((priority) => (
          <PriorityTile key={priority} priority={priority} />
        ))}
      </ul>
    </Section>
  );
}

function PriorityTile({ priority }: { priority: (typeof priorityKeys)[number] }) {
  const { i18n } = useLingui();
  const q = `assignee:me status:unfinished priority:${priority}`;
  const { data } = useQuery(countTicketsOptions({ query: { q } }));
  const text = data ? new Intl.NumberFormat(i18n.locale).format(data.count) : '…';
  return (
    <li>
      <Link to="/tickets" search={{ q }} className={classes.tile}>
        <span className={classes.number}>{text}</span>
        <span className={classes.label}>{i18n._(priorities[priority].label)}</span>
      </Link>
    </li>
  );
}
