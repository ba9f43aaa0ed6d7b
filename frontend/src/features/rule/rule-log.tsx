import { Trans, useLingui } from '@lingui/react/macro';
import { Button, NativeSelect, Stack } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type Rule, type RuleRun, restoreRule } from '@/lib/api';
import { listRuleRunsOptions, listRuleVersionsOptions } from '@/lib/api/@tanstack/react-query.gen';
import { explain, fieldErrors } from '@/lib/problem';
import { invalidate } from '@/lib/query';
import { announce } from '@/lib/status-line';
import { exactTime } from '@/lib/time';
import { offerUndo } from '@/lib/undo';
import { Dialog } from '@/ui/dialog';
import { personName } from '@/ui/person';
import { Fetched } from '@/ui/states';
import { TextLink } from '@/ui/text-link';
import classes from './rule.module.css';
import { stateOf, stateWords } from './words';

/** What became of a rule at each event, and how it was saved before. */
export function RuleLog({ rule, onClose }: { rule: Rule; onClose: () => void }) {
  const { t, i18n } = useLingui();
  const client = useQueryClient();
  const [state, setState] = useState('');
  const runs = useQuery({
    ...listRuleRunsOptions({
      path: { id: rule.id },
      query: { page_size: 100, ...(state ? { state: state as RuleRun['state'] } : {}) },
    }),
    staleTime: 0,
  });
  const versions = useQuery({
    ...listRuleVersionsOptions({ path: { id: rule.id } }),
    staleTime: 0,
  });
  const restore = useMutation({
    mutationFn: (version: number) =>
      restoreRule({ path: { id: rule.id }, body: { version }, throwOnError: true }),
    onSuccess: (_, version) => {
      const back = rule.version;
      offerUndo({
        message: t`Version ${version} of “${rule.name}” is restored`,
        undo: async () => {
          await restoreRule({ path: { id: rule.id }, body: { version: back }, throwOnError: true });
          await invalidate(client, 'listRules', 'listRuleVersions');
        },
      });
      onClose();
    },
    onError: (error) => announce(Object.values(fieldErrors(error))[0] ?? explain(error), 'bad'),
    onSettled: () => invalidate(client, 'listRules', 'listRuleVersions'),
  });
  return (
    <Dialog title={rule.name} size="xl" onClose={onClose}>
      <Stack>
        <h3>
          <Trans>What it did</Trans>
        </h3>
        <NativeSelect
          label={t`Show`}
          value={state}
          data={[
            { value: '', label: t`everything` },
            ...Object.entries(stateWords).map(([value, words]) => ({
              value,
              label: i18n._(words),
            })),
          ]}
          onChange={(event) => setState(event.currentTarget.value)}
        />
        <Fetched query={runs}>
          {({ results }) =>
            results.length === 0 ? (
              <p>
                <Trans>Nothing yet.</Trans>
              </p>
            ) : (
              <ul className={classes.lines}>
                {results.map((run) => (
                  <li key={run.id}>
                    {exactTime(run.created_at, i18n.locale)} ·{' '}
                    <TextLink to="/tickets/$ticketId" params={{ ticketId: String(run.ticket_id) }}>
                      #{run.ticket_id}
                    </TextLink>{' '}
                    · {i18n._(stateOf(run.state))}. {run.reason}
                  </li>
                ))}
              </ul>
            )
          }
        </Fetched>
        <h3>
          <Trans>Versions</Trans>
        </h3>
        <Fetched query={versions}>
          {({ results }) => (
            <ul className={classes.lines}>
              {results.map((one) => {
                const { version } = one;
                return (
                  <li key={version}>
                    {version} · {exactTime(one.created_at, i18n.locale)} · {personName(one.actor)} ·{' '}
                    {one.condition} → {one.actions.map(({ text }) => text).join(' · ')}{' '}
                    {version !== rule.version && (
                      <Button
                        size="compact-xs"
                        variant="default"
                        aria-label={t`Restore version ${version}`}
                        onClick={() => restore.mutate(version)}
                      >
                        <Trans>Restore</Trans>
                      </Button>
                    )}
                  </li>
                );
              })}
            </ul>
          )}
        </Fetched>
      </Stack>
    </Dialog>
  );
}
