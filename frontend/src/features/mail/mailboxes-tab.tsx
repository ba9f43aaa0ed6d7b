import { Trans, useLingui } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck, IconPlayerPause } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { deleteMailbox, type Mailbox, updateMailbox } from '@/lib/api';
import { listMailboxesOptions, testMailboxMutation } from '@/lib/api/@tanstack/react-query.gen';
import { ifMatch } from '@/lib/etag';
import { explain } from '@/lib/problem';
import { DeleteButton } from '@/ui/delete-button';
import { Pill } from '@/ui/pill';
import { RelativeTime } from '@/ui/relative-time';
import { EmptyState, Fetched } from '@/ui/states';
import classes from './mail.module.css';
import { MailboxForm } from './mailbox-form';
import { useMailChange, useMailWrite } from './write';

const must = { throwOnError: true } as const;

/** Where mail comes from. */
export function MailboxesTab() {
  const { t } = useLingui();
  const boxes = useQuery(listMailboxesOptions({ query: { page_size: 100 } }));
  const [edited, setEdited] = useState<Mailbox | 'new'>();
  const close = () => setEdited(undefined);
  return (
    <>
      <div className={classes.filters}>
        <Button onClick={() => setEdited('new')}>
          <Trans>Add a mailbox</Trans>
        </Button>
      </div>
      <Fetched query={boxes}>
        {({ results }) =>
          results.length === 0 ? (
            <EmptyState title={t`No mailboxes yet`}>
              <Trans>
                A mailbox is an address that people write to. Its mail is fetched by IMAP, or
                delivered to the desk's own listener.
              </Trans>
            </EmptyState>
          ) : (
            <ul className={classes.list} aria-label={t`Mailboxes`}>
              {results.map((box) => (
                <Row key={box.id} box={box} onEdit={() => setEdited(box)} />
              ))}
            </ul>
          )
        }
      </Fetched>
      {edited && <MailboxForm box={edited === 'new' ? undefined : edited} onClose={close} />}
    </>
  );
}

function Row({ box, onEdit }: { box: Mailbox; onEdit: () => void }) {
  const { t } = useLingui();
  const write = useMailWrite();
  const remove = useMailChange();
  const test = useMutation({ ...testMailboxMutation(), meta: { trial: true } });
  const { id, name, address, active, host } = box;
  const options = { path: { id }, headers: ifMatch(box), ...must };
  return (
    <li className={classes.row}>
      <span className={classes.title}>
        {name} &lt;{address}&gt;
        {active ? (
          <Pill
            tone={box.last_error ? 'red' : 'green'}
            icon={box.last_error ? <IconAlertTriangle size={14} /> : <IconCircleCheck size={14} />}
          >
            {box.last_error ? t`Does not work` : t`Active`}
          </Pill>
        ) : (
          <Pill tone="grey" icon={<IconPlayerPause size={14} />}>{t`Paused`}</Pill>
        )}
      </span>
      <div className={classes.actions}>
        {box.source === 'imap' && (
          <Button
            size="compact-sm"
            variant="default"
            loading={test.isPending}
            aria-label={t`Test the connection of ${address}`}
            onClick={() => test.mutate({ path: { id } })}
          >
            <Trans>Test</Trans>
          </Button>
        )}
        <Button
          size="compact-sm"
          variant="default"
          aria-label={active ? t`Pause ${address}` : t`Resume ${address}`}
          onClick={() =>
            write.mutate(() => updateMailbox({ ...options, body: { active: !active } }))
          }
        >
          {active ? <Trans>Pause</Trans> : <Trans>Resume</Trans>}
        </Button>
        <Button
          size="compact-sm"
          variant="default"
          aria-label={t`Edit ${address}`}
          onClick={onEdit}
        >
          <Trans>Edit</Trans>
        </Button>
        <DeleteButton
          name={address}
          title={t`Delete this mailbox?`}
          confirm={t`Delete mailbox`}
          onDelete={() => remove.mutateAsync(() => deleteMailbox(options))}
        >
          <Trans>Its settings and its password go with it. One that is paused keeps them.</Trans>
        </DeleteButton>
      </div>
      <span className={classes.meta}>
        {box.source === 'imap' ? (
          <Trans>Fetched by IMAP from {host}</Trans>
        ) : (
          <Trans>Delivered to the desk's listener</Trans>
        )}
        {box.last_fetched_at && (
          <>
            {' · '}
            <Trans>
              last looked <RelativeTime iso={box.last_fetched_at} />
            </Trans>
          </>
        )}
      </span>
      {box.last_error && <p className={classes.problem}>{box.last_error}</p>}
      {test.data && (
        <p className={classes.problem} role="status">
          {test.data.ok ? (
            <Trans>The connection works.</Trans>
          ) : (
            <Trans>
              The connection does not work: <bdi>{test.data.problem}</bdi>
            </Trans>
          )}
        </p>
      )}
      {!!test.error && (
        <p className={classes.problem} role="alert">
          {explain(test.error)}
        </p>
      )}
    </li>
  );
}
