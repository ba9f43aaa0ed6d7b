import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Checkbox, Group, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconPencil, IconUsersPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { PersonSelect } from '@/features/user';
import type { Team, TeamMember } from '@/lib/api';
import { useCan } from '@/lib/can';
import { focusFirstError, showServerErrors } from '@/lib/forms';
import { announce } from '@/lib/status-line';
import { Dialog } from '@/ui/dialog';
import { FormError } from '@/ui/form-error';
import { Page } from '@/ui/page';
import { Person, personName } from '@/ui/person';
import { Section } from '@/ui/section';
import { EmptyState, Fetched, SkeletonRows } from '@/ui/states';
import { TextLink } from '@/ui/text-link';
import { useSaveTeam, useSetMember, useTeams } from './api';
import classes from './teams-page.module.css';

/** The teams of the IT staff: who belongs to which, and who leads them. */
export function TeamsPage() {
  const { t } = useLingui();
  const manages = useCan('team.manage');
  const teams = useTeams();
  const [creating, setCreating] = useState(false);
  const create = (
    <Button leftSection={<IconUsersPlus size={16} />} onClick={() => setCreating(true)}>
      <Trans>New team</Trans>
    </Button>
  );
  return (
    <Page title={t`Teams`} width="wide" actions={manages && create}>
      <Fetched query={teams} skeleton={<SkeletonRows rows={4} height={96} />}>
        {({ results }) =>
          results.length === 0 ? (
            <EmptyState title={t`There are no teams yet`}>
              {manages ? (
                <Trans>
                  A team has a queue of its own: its members see each other's tickets. Create the
                  first one above.
                </Trans>
              ) : (
                <Trans>An administrator can create teams here.</Trans>
              )}
            </EmptyState>
          ) : (
            <Stack gap="md">
              {results.map((team) => (
                <TeamSection key={team.id} team={team} />
              ))}
            </Stack>
          )
        }
      </Fetched>
      {creating && <TeamDialog onClose={() => setCreating(false)} />}
    </Page>
  );
}

function TeamSection({ team }: { team: Team }) {
  const { t } = useLingui();
  const [editing, setEditing] = useState(false);
  const change = useSetMember(team);
  const { name } = team;
  return (
    <Section
      title={name}
      lead={
        <>
          {!team.is_active && <Trans>Inactive: takes no new tickets.</Trans>}{' '}
          {team.restricted ? (
            <Trans>Only members see its unassigned tickets.</Trans>
          ) : (
            <Trans>All IT staff see its unassigned tickets.</Trans>
          )}{' '}
          <TextLink to="/tickets" search={{ q: `team:"${name.replace(/["\\]/g, '\\$&')}"` }}>
            <Trans>Show its tickets</Trans>
          </TextLink>
        </>
      }
      actions={
        team.can.update && (
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconPencil size={14} />}
            aria-label={t`Edit team ${name}`}
            onClick={() => setEditing(true)}
          >
            <Trans>Edit</Trans>
          </Button>
        )
      }
    >
      <FormError error={change.error} shown={[]} />
      {team.members.length === 0 ? (
        <p className={classes.nobody}>
          <Trans>Nobody belongs to this team yet.</Trans>
        </p>
      ) : (
        <ul className={classes.members} aria-label={t`Members of ${name}`}>
          {team.members.map((member) => (
            <Member key={member.user.id} team={team} member={member} change={change} />
          ))}
        </ul>
      )}
      {team.can.manage_members && (
        <PersonSelect
          among="staff"
          without={team.members.map(({ user }) => user.id)}
          value={null}
          mt="sm"
          maw={320}
          aria-label={t`Add a member to ${name}`}
          placeholder={t`Add a member…`}
          disabled={change.isPending}
          onPick={(user) => {
            if (!user) return;
            change.mutate(
              { userId: user.id },
              { onSuccess: () => announce(t`${personName(user)} belongs to ${name} now`) },
            );
          }}
        />
      )}
      {editing && <TeamDialog team={team} onClose={() => setEditing(false)} />}
    </Section>
  );
}

function Member(props: {
  team: Team;
  member: TeamMember;
  change: ReturnType<typeof useSetMember>;
}) {
  const { t } = useLingui();
  const { team, member, change } = props;
  const { user, lead } = member;
  const who = personName(user);
  return (
    <li>
      <Person person={user} size={22} />
      {team.can.appoint ? (
        <Checkbox
          size="xs"
          label={t`Leads the team`}
          checked={lead}
          disabled={change.isPending}
          onChange={(event) =>
            change.mutate({ userId: user.id, lead: event.currentTarget.checked })
          }
        />
      ) : (
        <span className={classes.lead}>{lead && <Trans>Leads the team</Trans>}</span>
      )}
      {team.can.manage_members && (team.can.appoint || !lead) && (
        <Button
          size="compact-xs"
          variant="subtle"
          aria-label={t`Remove ${who}`}
          disabled={change.isPending}
          onClick={() => change.mutate({ userId: user.id, remove: true })}
        >
          <Trans>Remove</Trans>
        </Button>
      )}
    </li>
  );
}

function TeamDialog({ team, onClose }: { team?: Team; onClose: () => void }) {
  const { t } = useLingui();
  const save = useSaveTeam(team);
  const form = useForm({
    initialValues: {
      name: team?.name ?? '',
      restricted: team?.restricted ?? false,
      is_active: team?.is_active ?? true,
    },
    validate: { name: (value) => (value.trim() ? null : t`Give the team a name.`) },
  });
  const submit = form.onSubmit(
    (values) =>
      save.mutate(values, {
        onSuccess: onClose,
        onError: (error) => showServerErrors(form, error),
      }),
    focusFirstError,
  );
  return (
    <Dialog title={team ? t`Edit team` : t`New team`} keep onClose={onClose}>
      <form noValidate onSubmit={submit}>
        <Stack gap="md">
          <FormError error={save.error} shown={['name', 'restricted', 'is_active']} />
          <TextInput
            label={t`Name`}
            required
            data-autofocus
            autoComplete="off"
            maxLength={100}
            {...form.getInputProps('name')}
          />
          <Checkbox
            label={t`Only members see its unassigned tickets`}
            {...form.getInputProps('restricted', { type: 'checkbox' })}
          />
          {team && (
            <Checkbox
              label={t`Active: takes new tickets`}
              {...form.getInputProps('is_active', { type: 'checkbox' })}
            />
          )}
          <Group>
            <Button type="submit" loading={save.isPending}>
              {team ? <Trans>Save</Trans> : <Trans>Create team</Trans>}
            </Button>
            <Button variant="default" onClick={onClose}>
              <Trans>Cancel</Trans>
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
