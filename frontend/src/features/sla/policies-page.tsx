import '@mantine/core/styles/NumberInput.css';
import { Plural, Trans, useLingui } from '@lingui/react/macro';
import {
  ActionIcon,
  Alert,
  Button,
  Group,
  NumberInput,
  Progress,
  Stack,
  Switch,
  Text,
} from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconPlus } from '@tabler/icons-react';
import { type FormEvent, Suspense, useState } from 'react';
import { SlaClocks, spellHours, targets } from '@/features/ticket';
import type { SlaPolicy, SlaRun } from '@/lib/api';
import { useCan } from '@/lib/can';
import { explain } from '@/lib/problem';
import { announce } from '@/lib/status-line';
import { exactTime } from '@/lib/time';
import { LinkButton } from '@/ui/link-button';
import { Page } from '@/ui/page';
import { Section } from '@/ui/section';
import { EmptyState, ErrorState, Fetched } from '@/ui/states';
import { TextLink } from '@/ui/text-link';
import { usePolicies, usePreview, useRecalculate, useReorder, useSwitchPolicy } from './api';
import classes from './sla.module.css';
import { SlaNav } from './sla-nav';

/** What was agreed, in the order in which it is tried. */
export function PoliciesPage() {
  const { t } = useLingui();
  const manage = useCan('sla.manage');
  const query = usePolicies();
  return (
    <Page
      title={t`SLA policies`}
      actions={
        manage && (
          <LinkButton to="/sla/new" leftSection={<IconPlus size={16} />}>
            <Trans>New policy</Trans>
          </LinkButton>
        )
      }
    >
      <SlaNav />
      <Fetched query={query}>
        {({ policies, run }) => (
          <Stack gap="lg">
            {policies.length === 0 ? (
              <EmptyState title={t`No SLA policies yet`}>
                <Trans>
                  A policy says how soon tickets are answered and resolved. Without one, no ticket
                  has a due time.
                </Trans>
              </EmptyState>
            ) : (
              <PolicyList policies={policies} manage={manage} />
            )}
            {run && <Counting run={run} manage={manage} />}
            {policies.length > 0 && <Preview />}
          </Stack>
        )}
      </Fetched>
    </Page>
  );
}

function PolicyList({ policies, manage }: { policies: SlaPolicy[]; manage: boolean }) {
  const { t } = useLingui();
  const reorder = useReorder();
  const toggle = useSwitchPolicy();
  const error = reorder.error ?? toggle.error;
  const move = (at: number, by: number) => {
    const ids = policies.map((p) => p.id);
    const [id] = ids.splice(at, 1);
    if (id === undefined) return;
    ids.splice(at + by, 0, id);
    reorder.mutate(ids, { onSuccess: () => announce(t`Order saved`) });
  };
  return (
    <Stack gap="xs">
      <Text size="sm" c="dimmed">
        <Trans>The first one that fits a ticket applies.</Trans>
      </Text>
      {error && (
        <Alert color="red" role="alert">
          {explain(error)}
        </Alert>
      )}
      <ol className={classes.list}>
        {policies.map((policy, at) => {
          const { name } = policy;
          return (
            <li key={policy.id} className={classes.item}>
              <div className={classes.main}>
                <TextLink to="/sla/$policyId" params={{ policyId: String(policy.id) }}>
                  {name}
                </TextLink>
                <Goals policy={policy} />
              </div>
              {manage && (
                <Group gap="xs" wrap="nowrap">
                  <Switch
                    checked={policy.enabled}
                    aria-label={t`Use ${name}`}
                    onChange={(event) =>
                      toggle.mutate({ base: policy, enabled: event.currentTarget.checked })
                    }
                  />
                  <ActionIcon
                    variant="default"
                    aria-label={t`Move ${name} up`}
                    disabled={at === 0 || reorder.isPending}
                    onClick={() => move(at, -1)}
                  >
                    <IconArrowUp size={16} />
                  </ActionIcon>
                  <ActionIcon
                    variant="default"
                    aria-label={t`Move ${name} down`}
                    disabled={at === policies.length - 1 || reorder.isPending}
                    onClick={() => move(at, 1)}
                  >
                    <IconArrowDown size={16} />
                  </ActionIcon>
                </Group>
              )}
            </li>
          );
        })}
      </ol>
    </Stack>
  );
}

function Goals({ policy }: { policy: SlaPolicy }) {
  const { t, i18n } = useLingui();
  const goals = (['first_response', 'next_response', 'resolution'] as const).flatMap((target) => {
    const seconds = policy.targets[target];
    return seconds ? [`${i18n._(targets[target])}: ${i18n._(spellHours(seconds))}`] : [];
  });
  return (
    <>
      <p>{policy.condition || t`Every ticket`}</p>
      <p>{goals.join(' · ')}</p>
      {policy.problem && (
        <p className={classes.problem}>
          <Trans>Applies to nothing: {policy.problem}</Trans>
        </p>
      )}
    </>
  );
}

/** How far the counting of all tickets is. */
function Counting({ run, manage }: { run: SlaRun; manage: boolean }) {
  const { t, i18n } = useLingui();
  const again = useRecalculate();
  const { done, total } = run;
  const running = run.state === 'running';
  return (
    <Section
      title={t`Counting`}
      lead={
        <Trans>
          When a policy or a calendar changes, the open tickets are counted anew in the background.
        </Trans>
      }
    >
      <Stack gap="sm">
        {running ? (
          <>
            <Progress.Root>
              <Progress.Section
                value={total ? (100 * done) / total : 0}
                aria-label={t`Tickets counted`}
              />
            </Progress.Root>
            <Text size="sm" role="status">
              <Trans>
                {done} of {total} tickets counted
              </Trans>
            </Text>
          </>
        ) : (
          <Text size="sm">
            {run.finished_at && (
              <Plural
                value={done}
                one={`# ticket was counted, ${exactTime(run.finished_at, i18n.locale)}.`}
                other={`# tickets were counted, ${exactTime(run.finished_at, i18n.locale)}.`}
              />
            )}
          </Text>
        )}
        {again.error && (
          <Alert color="red" role="alert">
            {explain(again.error)}
          </Alert>
        )}
        {manage && (
          <Group>
            <Button
              variant="default"
              loading={again.isPending}
              onClick={() => again.mutate('open')}
            >
              <Trans>Count open tickets again</Trans>
            </Button>
            <Button
              variant="default"
              classNames={{ root: classes.long, label: classes.longLabel }}
              loading={again.isPending}
              onClick={() => again.mutate('all')}
            >
              <Trans>Count all tickets, also done ones</Trans>
            </Button>
          </Group>
        )}
      </Stack>
    </Section>
  );
}

/** Which policy a ticket would get, and why it would be due when. */
function Preview() {
  const { t, i18n } = useLingui();
  const [typed, setTyped] = useState<number | string>('');
  const [id, setId] = useState(0);
  const query = usePreview(id);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setId(Number(typed) || 0);
  };
  const data = id > 0 ? query.data : undefined;
  return (
    <Section
      title={t`Try it`}
      lead={<Trans>Which policy would a ticket get, and when would it be due?</Trans>}
    >
      <Stack>
        <form className={classes.line} onSubmit={submit} noValidate>
          <NumberInput
            label={t`Ticket number`}
            min={1}
            allowDecimal={false}
            hideControls
            value={typed}
            onChange={setTyped}
          />
          <Button type="submit" variant="default" loading={query.isFetching && id > 0}>
            <Trans>Show</Trans>
          </Button>
        </form>
        {id > 0 && query.error && <ErrorState error={query.error} />}
        {data && (
          <div role="status">
            <p>
              {data.policy ? (
                <Trans>
                  Ticket {data.ticket_id} gets the policy <b>{data.policy.name}</b>.
                </Trans>
              ) : (
                <Trans>No policy fits ticket {data.ticket_id}.</Trans>
              )}{' '}
              {data.due_at && <Trans>It is due {exactTime(data.due_at, i18n.locale)}.</Trans>}
            </p>
            <ul>
              {data.policies.map((p) => (
                <li key={p.id}>
                  {p.name}:{' '}
                  {p.applies ? (
                    <Trans>applies</Trans>
                  ) : !p.enabled ? (
                    <Trans>is switched off</Trans>
                  ) : p.matches ? (
                    <Trans>fits, but comes later</Trans>
                  ) : (
                    <Trans>does not fit</Trans>
                  )}
                </li>
              ))}
            </ul>
            <Suspense>
              <SlaClocks clocks={data.clocks} />
            </Suspense>
          </div>
        )}
      </Stack>
    </Section>
  );
}
