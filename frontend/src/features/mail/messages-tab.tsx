import { Trans, useLingui } from '@lingui/react/macro';
import { NativeSelect } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { MailMessage } from '@/lib/api';
import { listMailboxesOptions, listMailMessagesOptions } from '@/lib/api/@tanstack/react-query.gen';
import { Pager } from '@/ui/pager';
import { RelativeTime } from '@/ui/relative-time';
import { EmptyState, Fetched } from '@/ui/states';
import { TextLink } from '@/ui/text-link';
import classes from './mail.module.css';
import { type MailState, mailPageSize, mailStates } from './search-params';
import { MailStatePill, mailStateLabels } from './state-pill';

/** Every message that came, and what became of it. */
export function MessagesTab() {
  const { t, i18n } = useLingui();
  const search = useSearch({ from: '/app/mail' });
  const navigate = useNavigate({ from: '/mail' });
  const boxes = useQuery(listMailboxesOptions({ query: { page_size: 100 } }));
  const messages = useQuery({
    ...listMailMessagesOptions({
      query: {
        state: search.state,
        mailbox_id: search.mailbox,
        page: search.cursor ? undefined : search.page,
        cursor: search.cursor,
        page_size: mailPageSize,
      },
    }),
    placeholderData: keepPreviousData,
  });
  return (
    <>
      <div className={classes.filters}>
        <NativeSelect
          label={t`State`}
          value={search.state ?? ''}
          onChange={(event) => {
            const state = event.currentTarget.value as MailState | '';
            void navigate({ search: { mailbox: search.mailbox, state: state || undefined } });
          }}
          data={[
            { value: '', label: t`All` },
            ...mailStates.map((value) => ({ value, label: i18n._(mailStateLabels[value].label) })),
          ]}
        />
        <NativeSelect
          label={t`Mailbox`}
          value={search.mailbox ?? ''}
          onChange={(event) => {
            const mailbox = Number(event.currentTarget.value) || undefined;
            void navigate({ search: { state: search.state, mailbox } });
          }}
          data={[
            { value: '', label: t`All` },
            ...(boxes.data?.results ?? []).map(({ id, address }) => ({
              value: String(id),
              label: address,
            })),
          ]}
        />
      </div>
      <Fetched query={messages}>
        {(slice) =>
          slice.results.length === 0 ? (
            <EmptyState title={t`No messages`}>
              <Trans>Mail that comes in appears here, with what became of it and why.</Trans>
            </EmptyState>
          ) : (
            <>
              <ul className={classes.list} aria-label={t`Messages`}>
                {slice.results.map((message) => (
                  <Row key={message.id} message={message} />
                ))}
              </ul>
              <Pager
                slice={slice}
                at={search}
                size={mailPageSize}
                onMove={(to) =>
                  void navigate({ search: { state: search.state, mailbox: search.mailbox, ...to } })
                }
              />
            </>
          )
        }
      </Fetched>
    </>
  );
}

function Row({ message }: { message: MailMessage }) {
  const { t } = useLingui();
  const { id, from_name: name, from_address: address, ticket_id: ticket } = message;
  return (
    <li className={classes.row}>
      <span className={classes.title}>
        <TextLink to="/mail/$id" params={{ id: String(id) }}>
          {message.subject || t`(no subject)`}
        </TextLink>
        <MailStatePill state={message.state} />
      </span>
      {ticket ? (
        <TextLink to="/tickets/$ticketId" params={{ ticketId: String(ticket) }}>
          #{ticket}
        </TextLink>
      ) : (
        <span />
      )}
      <span className={classes.meta}>
        {name} {address ? `<${address}>` : t`no sender`} ·{' '}
        <RelativeTime iso={message.received_at} />
      </span>
      {message.reason_text && <p className={classes.problem}>{message.reason_text}</p>}
    </li>
  );
}
