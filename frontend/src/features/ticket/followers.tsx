import { Trans, useLingui } from '@lingui/react/macro';
import { Button, CloseButton, TextInput } from '@mantine/core';
import { IconMail } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, memo, useState } from 'react';
import { PersonSelect } from '@/features/user';
import {
  addTicketCc,
  removeWatcher,
  type TicketDetail,
  type Watcher,
  watchTicket,
} from '@/lib/api';
import { listWatchersOptions } from '@/lib/api/@tanstack/react-query.gen';
import { useCan } from '@/lib/can';
import { asApiError } from '@/lib/problem';
import { invalidate } from '@/lib/query';
import { Fold } from '@/ui/fold';
import { FormError } from '@/ui/form-error';
import { Person, personName } from '@/ui/person';
import classes from './followers.module.css';

const must = { throwOnError: true } as const;

type Step = { watch: number } | { cc: number | string } | { remove: Watcher };

/** Who watches a ticket and who is in CC, and how that is changed. */
export const Followers = memo(function Followers({ ticket }: { ticket: TicketDetail }) {
  const { t } = useLingui();
  const client = useQueryClient();
  const { id } = ticket;
  const query = useQuery(listWatchersOptions({ path: { id } }));
  const change = useMutation({
    mutationFn: async (step: Step) => {
      const path = { id };
      if ('watch' in step) await watchTicket({ path, body: { user_id: step.watch }, ...must });
      else if ('remove' in step) {
        await removeWatcher({ path: { id, watcher_id: step.remove.id }, ...must });
      } else {
        const body = typeof step.cc === 'string' ? { address: step.cc } : { user_id: step.cc };
        await addTicketCc({ path, body, ...must });
      }
    },
    onSettled: () =>
      invalidate(client, 'listWatchers', 'getTicket', 'listTickets', 'listTicketEvents'),
  });
  const all = query.data?.results ?? [];
  const watchers = all.filter(({ kind }) => kind === 'watcher');
  const copied = all.filter(({ kind }) => kind === 'cc');
  const taken = all.flatMap(({ user }) => (user ? [user.id] : []));
  const works = useCan('ticket.work');
  const line = (watcher: Watcher) => (
    <Line
      key={watcher.id}
      watcher={watcher}
      busy={change.isPending}
      onRemove={() => change.mutate({ remove: watcher })}
    />
  );
  if (query.error && !query.data) return null;
  return (
    <Fold
      name="followers"
      closed={!works}
      label={t`Who follows this ticket`}
      title={<Trans>Who follows this ticket</Trans>}
    >
      <div className={classes.box}>
        {works && (
          <>
            <h3>
              <Trans>Watchers</Trans>
            </h3>
            {watchers.length > 0 && <ul>{watchers.map(line)}</ul>}
            {ticket.can.watch && (
              <PersonSelect
                among="staff"
                size="xs"
                without={taken}
                value={null}
                aria-label={t`Add a watcher`}
                placeholder={t`Add a watcher…`}
                disabled={change.isPending}
                onPick={(user) => user && change.mutate({ watch: user.id })}
              />
            )}
          </>
        )}
        {(copied.length > 0 || ticket.can.cc) && (
          <h3>
            <Trans>In CC</Trans>
          </h3>
        )}
        {copied.length > 0 && <ul>{copied.map(line)}</ul>}
        {ticket.can.cc && works && (
          <PersonSelect
            among="people"
            size="xs"
            without={[...taken, ticket.created_by.id]}
            value={null}
            aria-label={t`Add somebody in CC`}
            placeholder={t`Add somebody in CC…`}
            disabled={change.isPending}
            onPick={(user) => user && change.mutate({ cc: user.id })}
          />
        )}
        {ticket.can.cc && (
          <AddressField
            busy={change.isPending}
            onAdd={(address, done) => change.mutate({ cc: address }, { onSuccess: done })}
            error={change.error ? asApiError(change.error).fields.address?.[0] : undefined}
          />
        )}
        <FormError error={change.error} shown={['address']} />
      </div>
    </Fold>
  );
});

function Line(props: { watcher: Watcher; busy: boolean; onRemove: () => void }) {
  const { t } = useLingui();
  const { watcher, busy, onRemove } = props;
  const name = watcher.user ? personName(watcher.user) : (watcher.address ?? '');
  return (
    <li>
      {watcher.user ? (
        <Person person={watcher.user} size={18} />
      ) : (
        <span className={classes.address}>
          <IconMail size={16} aria-hidden /> <bdi>{name}</bdi>
        </span>
      )}
      {watcher.can.remove && (
        <CloseButton size="xs" aria-label={t`Remove ${name}`} disabled={busy} onClick={onRemove} />
      )}
    </li>
  );
}

/** Adds an address: of a colleague with an account, or of anybody else. */
function AddressField(props: {
  busy: boolean;
  error?: string;
  onAdd: (address: string, done: () => void) => void;
}) {
  const { t } = useLingui();
  const [address, setAddress] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (address.trim()) props.onAdd(address.trim(), () => setAddress(''));
  };
  return (
    <form className={classes.add} onSubmit={submit} noValidate>
      <TextInput
        type="email"
        size="xs"
        aria-label={t`E-mail address to add in CC`}
        placeholder={t`name@example.com`}
        autoComplete="off"
        value={address}
        error={address && props.error}
        onChange={(event) => setAddress(event.currentTarget.value)}
      />
      <Button type="submit" size="xs" variant="default" loading={props.busy}>
        <Trans>Add</Trans>
      </Button>
    </form>
  );
}
