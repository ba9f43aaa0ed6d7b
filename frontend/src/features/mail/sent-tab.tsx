import { msg } from '@lingui/core/macro';
import { Trans, useLingui } from '@lingui/react/macro';
import { Button, NativeSelect } from '@mantine/core';
import {
  IconAlertTriangle,
  IconBan,
  IconCircleCheck,
  IconClock,
  IconHourglass,
  IconMailOff,
  IconMailX,
} from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { deleteMailAddress, type MailAddress, type MailOut, retryMail } from '@/lib/api';
import {
  listMailAddressesOptions,
  listMailOutboxOptions,
} from '@/lib/api/@tanstack/react-query.gen';
import { Pager } from '@/ui/pager';
import { Pill } from '@/ui/pill';
import { RelativeTime } from '@/ui/relative-time';
import { EmptyState, Fetched } from '@/ui/states';
import { TextLink } from '@/ui/text-link';
import classes from './mail.module.css';
import { mailPageSize, outStates } from './search-params';
import { useMailWrite } from './write';

const must = { throwOnError: true } as const;

const states = {
  pending: { label: msg`Waiting`, tone: 'blue', icon: IconClock },
  sent: { label: msg`Sent`, tone: 'green', icon: IconCircleCheck },
  dead: { label: msg`Failed`, tone: 'red', icon: IconAlertTriangle },
  cancelled: { label: msg`Cancelled`, tone: 'grey', icon: IconBan },
  suppressed: { label: msg`Held back`, tone: 'orange', icon: IconMailOff },
} as const;

/** What delivery reports say of what was sent. */
const reports = {
  returned: { label: msg`Returned`, tone: 'red', icon: IconMailX },
  delayed: { label: msg`Delayed`, tone: 'orange', icon: IconHourglass },
} as const;

function standing(mail: MailOut) {
  if (mail.state === 'sent' && mail.bounced_at) return reports.returned;
  if (mail.state === 'sent' && mail.delayed_at) return reports.delayed;
  return states[mail.state];
}

const kinds = {
  received: msg`Acknowledgement`,
  opened: msg`Opened for them`,
  reply: msg`Answer`,
  finished: msg`Resolved or closed`,
} as const;

/** Every mail that goes out, and the addresses where none arrives. */
export function SentTab() {
  const { t, i18n } = useLingui();
  const search = useSearch({ from: '/app/mail' });
  const navigate = useNavigate({ from: '/mail' });
  const mails = useQuery({
    ...listMailOutboxOptions({
      query: {
        state: search.out,
        page: search.cursor ? undefined : search.page,
        cursor: search.cursor,
        page_size: mailPageSize,
      },
    }),
    placeholderData: keepPreviousData,
  });
  return (
    <>
      <Addresses />
      <div className={classes.filters}>
        <NativeSelect
          label={t`State`}
          value={search.out ?? ''}
          onChange={(event) => {
            const out = event.currentTarget.value as MailOut['state'] | '';
            void navigate({ search: { tab: 'sent', out: out || undefined } });
          }}
          data={[
            { value: '', label: t`All` },
            ...outStates.map((value) => ({ value, label: i18n._(states[value].label) })),
          ]}
        />
      </div>
      <Fetched query={mails}>
        {(slice) =>
          slice.results.length === 0 ? (
            <EmptyState title={t`No mail`}>
              <Trans>Answers and notices to requesters and people in CC appear here.</Trans>
            </EmptyState>
          ) : (
            <>
              <ul className={classes.list} aria-label={t`Sent`}>
                {slice.results.map((mail) => (
                  <Row key={mail.id} mail={mail} />
                ))}
              </ul>
              <Pager
                slice={slice}
                at={search}
                size={mailPageSize}
                onMove={(to) => void navigate({ search: { tab: 'sent', out: search.out, ...to } })}
              />
            </>
          )
        }
      </Fetched>
    </>
  );
}

function Row({ mail }: { mail: MailOut }) {
  const { t, i18n } = useLingui();
  const write = useMailWrite();
  const { label, tone, icon: Icon } = standing(mail);
  const { id, to, attempts, ticket_id: ticket, bounce_status: status } = mail;
  const lost = mail.state === 'dead' || mail.state === 'suppressed' || !!mail.bounced_at;
  return (
    <li className={classes.row}>
      <span className={classes.title}>
        {to}
        <Pill tone={tone} icon={<Icon size={14} />}>
          {i18n._(label)}
        </Pill>
      </span>
      {lost ? (
        <Button
          size="compact-sm"
          variant="default"
          loading={write.isPending}
          aria-label={t`Send again: mail ${id}`}
          onClick={() => write.mutate(() => retryMail({ path: { id }, ...must }))}
        >
          <Trans>Send again</Trans>
        </Button>
      ) : (
        <span />
      )}
      <span className={classes.meta}>
        {i18n._(kinds[mail.kind])} ·{' '}
        <TextLink to="/tickets/$ticketId" params={{ ticketId: String(ticket) }}>
          #{ticket}
        </TextLink>{' '}
        · <RelativeTime iso={mail.created_at} /> · <Trans>tries: {attempts}</Trans>
        {status && <> · {status}</>}
      </span>
      {mail.last_error && <p className={classes.problem}>{mail.last_error}</p>}
    </li>
  );
}

function Addresses() {
  const { t } = useLingui();
  const all = useQuery(listMailAddressesOptions({ query: { page_size: 100 } }));
  if (!all.data || all.data.results.length === 0) return null;
  return (
    <section className={classes.section} aria-label={t`Addresses where mail does not arrive`}>
      <h2>
        <Trans>Addresses where mail does not arrive</Trans>
      </h2>
      <ul className={classes.list}>
        {all.data.results.map((one) => (
          <AddressRow key={one.id} one={one} />
        ))}
      </ul>
    </section>
  );
}

function AddressRow({ one }: { one: MailAddress }) {
  const { t } = useLingui();
  const write = useMailWrite();
  const { id, address, bounces } = one;
  return (
    <li className={classes.row}>
      <span className={classes.title}>
        {address}
        <Pill
          tone={one.state === 'hard' ? 'red' : 'orange'}
          icon={one.state === 'hard' ? <IconMailOff size={14} /> : <IconClock size={14} />}
        >
          {one.state === 'hard' ? t`Nothing is sent` : t`Some did not arrive`}
        </Pill>
      </span>
      <Button
        size="compact-sm"
        variant="default"
        aria-label={t`Send again to ${address}`}
        onClick={() => write.mutate(() => deleteMailAddress({ path: { id }, ...must }))}
      >
        <Trans>Send again</Trans>
      </Button>
      <span className={classes.meta}>
        <Trans>not delivered: {bounces}</Trans> · {one.status} {one.reason}
      </span>
    </li>
  );
}
