import { Trans, useLingui } from '@lingui/react/macro';
import { Button, NativeSelect } from '@mantine/core';
import { IconHandGrab } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import type { Me, TicketDetail } from '@/lib/api';
import { asApiError, explain } from '@/lib/problem';
import { announce } from '@/lib/status-line';
import { personName } from '@/ui/person';
import { RelativeTime } from '@/ui/relative-time';
import { type PropertyChange, useChangeProperty } from './api';
import { AssigneePicker } from './assignee-picker';
import {
  type Priority,
  priorities,
  priorityKeys,
  type Status,
  statuses,
  statusKeys,
} from './labels';
import classes from './properties.module.css';

/** Status, priority and assignee of a ticket, changed where they are shown. */
export function Properties({ ticket, me }: { ticket: TicketDetail; me: Me }) {
  const { t, i18n } = useLingui();
  const change = useChangeProperty(ticket.id);
  const { can } = ticket;
  const apply = (next: PropertyChange, done: string) =>
    change.mutate(next, { onSuccess: () => announce(done) });
  const assignTo = (to: TicketDetail['assigned_to']) =>
    apply(
      { kind: 'assignee', to },
      to ? t`Assigned to ${personName(to)}` : t`Nobody is assigned now`,
    );
  const mine = ticket.assigned_to?.id === me.id;
  return (
    <section className={classes.box} aria-label={t`Properties`}>
      {change.error && (
        <p className={classes.error} role="alert">
          {asApiError(change.error).status === 412 ? (
            <Trans>Somebody changed this ticket in the meantime. It shows their version now.</Trans>
          ) : (
            explain(change.error)
          )}
        </p>
      )}
      <SteadySelect<Status>
        label={t`Status`}
        disabled={!can.update_status}
        value={ticket.status}
        refused={change.error}
        onChoose={(to) => {
          const done = t`Status is ${i18n._(statuses[to].label)} now`;
          apply({ kind: 'status', to }, done);
        }}
        data={statusKeys.map((value) => ({ value, label: i18n._(statuses[value].label) }))}
      />
      <SteadySelect<Priority>
        label={t`Priority`}
        disabled={!can.update}
        value={ticket.priority}
        refused={change.error}
        onChoose={(to) => {
          const done = t`Priority is ${i18n._(priorities[to].label)} now`;
          apply({ kind: 'priority', to }, done);
        }}
        data={priorityKeys.map((value) => ({ value, label: i18n._(priorities[value].label) }))}
      />
      <div className={classes.assignee}>
        <AssigneePicker
          label={t`Assignee`}
          disabled={!can.assign}
          value={ticket.assigned_to ? String(ticket.assigned_to.id) : null}
          person={ticket.assigned_to}
          onPick={assignTo}
        />
        {can.assign && !mine && (
          <Button
            size="xs"
            variant="default"
            leftSection={<IconHandGrab size={14} />}
            onClick={() => assignTo(me)}
          >
            <Trans>Assign to me</Trans>
          </Button>
        )}
      </div>
      <Facts ticket={ticket} />
    </section>
  );
}

interface SteadySelectProps<T extends string> {
  label: string;
  disabled: boolean;
  value: T;
  data: { value: T; label: string }[];
  /** Why the last change was not taken; the old value is shown again then. */
  refused: unknown;
  onChoose: (to: T) => void;
}

/**
 * A select that holds what was chosen from the very keystroke on. The shared
 * copy of the ticket follows a moment later; without this, the old value would
 * flash up in between, and a fast second key would choose it again.
 */
function SteadySelect<T extends string>(props: SteadySelectProps<T>) {
  const { label, disabled, value, data, refused, onChoose } = props;
  const [chosen, setChosen] = useState<T | null>(null);
  useEffect(() => {
    if (value === chosen) setChosen(null);
  }, [value, chosen]);
  useEffect(() => {
    if (refused) setChosen(null);
  }, [refused]);
  return (
    <NativeSelect
      label={label}
      disabled={disabled}
      value={chosen ?? value}
      data={data}
      onChange={(event) => {
        const to = event.currentTarget.value as T;
        setChosen(to);
        onChoose(to);
      }}
    />
  );
}

function Facts({ ticket }: { ticket: TicketDetail }) {
  const { created_by: requester } = ticket;
  return (
    <dl className={classes.facts}>
      <div>
        <dt>
          <Trans>Requester</Trans>
        </dt>
        <dd>
          {personName(requester)}
          {requester.department && `, ${requester.department}`}
        </dd>
      </div>
      <div>
        <dt>
          <Trans>E-mail</Trans>
        </dt>
        <dd>{requester.email}</dd>
      </div>
      <div>
        <dt>
          <Trans>Changed</Trans>
        </dt>
        <dd>
          <RelativeTime iso={ticket.updated_at} />
        </dd>
      </div>
      {ticket.resolved_at && (
        <div>
          <dt>
            <Trans>Resolved</Trans>
          </dt>
          <dd>
            <RelativeTime iso={ticket.resolved_at} />
          </dd>
        </div>
      )}
      {ticket.closed_at && (
        <div>
          <dt>
            <Trans>Closed</Trans>
          </dt>
          <dd>
            <RelativeTime iso={ticket.closed_at} />
          </dd>
        </div>
      )}
    </dl>
  );
}
