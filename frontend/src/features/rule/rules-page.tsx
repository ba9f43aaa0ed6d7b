import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Switch } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { deleteRule, type Rule, reorderRules, restoreRule, updateRule } from '@/lib/api';
import { listRulesOptions } from '@/lib/api/@tanstack/react-query.gen';
import { ifMatch } from '@/lib/etag';
import { explain, fieldErrors } from '@/lib/problem';
import { invalidate } from '@/lib/query';
import { announce } from '@/lib/status-line';
import { offerUndo } from '@/lib/undo';
import { ArrangeList } from '@/ui/arrange-list';
import { Page } from '@/ui/page';
import { EmptyState, Fetched } from '@/ui/states';
import classes from './rule.module.css';
import { RuleForm } from './rule-form';
import { RuleLog } from './rule-log';

const must = { throwOnError: true } as const;

/** What the desk does by itself, in the order in which it is done. */
export function RulesPage() {
  const { t } = useLingui();
  const client = useQueryClient();
  const query = useQuery(listRulesOptions());
  const [open, setOpen] = useState<Rule | 'new' | null>(null);
  const [log, setLog] = useState<Rule | null>(null);
  const write = useMutation({
    mutationFn: (run: () => Promise<unknown>) => run(),
    onError: (error) => announce(Object.values(fieldErrors(error))[0] ?? explain(error), 'bad'),
    onSettled: () => invalidate(client, 'listRules', 'listRuleVersions'),
  });
  const remove = (rule: Rule) =>
    write.mutate(async () => {
      const path = { id: rule.id };
      await deleteRule({ path, headers: ifMatch(rule), ...must });
      const { name } = rule;
      offerUndo({
        message: t`“${name}” deleted`,
        undo: () => write.mutateAsync(() => restoreRule({ path, body: {}, ...must })),
      });
    });
  return (
    <Page
      title={t`Rules`}
      actions={
        <Button leftSection={<IconPlus size={16} />} onClick={() => setOpen('new')}>
          <Trans>New rule</Trans>
        </Button>
      }
    >
      <Fetched query={query}>
        {({ results }) =>
          results.length === 0 ? (
            <EmptyState title={t`No rules yet`}>
              <Trans>
                A rule does by itself what you would do to certain tickets: give them to a team,
                raise their priority, answer them.
              </Trans>
            </EmptyState>
          ) : (
            <ArrangeList
              items={results}
              keyOf={({ id }) => id}
              nameOf={({ name }) => name}
              hint={t`Rules act from the top to the bottom. Drag them, or use Alt and the arrow keys.`}
              onMove={(rule, to) => {
                const ids = results.map(({ id }) => id).filter((id) => id !== rule.id);
                ids.splice(to, 0, rule.id);
                write.mutate(() => reorderRules({ body: { ids }, ...must }));
              }}
              actions={(rule) => {
                const { name } = rule;
                return (
                  <>
                    <Switch
                      checked={rule.enabled}
                      aria-label={t`Use ${name}`}
                      onChange={(event) => {
                        const body = { enabled: event.currentTarget.checked };
                        const path = { id: rule.id };
                        write.mutate(() =>
                          updateRule({ path, body, headers: ifMatch(rule), ...must }),
                        );
                      }}
                    />
                    <Button
                      size="compact-sm"
                      variant="default"
                      aria-label={t`Change ${name}`}
                      onClick={() => setOpen(rule)}
                    >
                      <Trans>Change</Trans>
                    </Button>
                    <Button
                      size="compact-sm"
                      variant="default"
                      aria-label={t`Log and versions of ${name}`}
                      onClick={() => setLog(rule)}
                    >
                      <Trans>Log</Trans>
                    </Button>
                    <Button
                      size="compact-sm"
                      variant="default"
                      aria-label={t`Delete ${name}`}
                      onClick={() => remove(rule)}
                    >
                      <Trans>Delete</Trans>
                    </Button>
                  </>
                );
              }}
            >
              {(rule) => (
                <div className={classes.main}>
                  <b>{rule.name}</b>
                  <p>
                    {rule.condition || t`Every ticket`} →{' '}
                    {rule.actions.map(({ text }) => text).join(' · ')}
                  </p>
                  {rule.problem && (
                    <p className={classes.problem}>
                      <Trans>Switched off: {rule.problem}</Trans>
                    </p>
                  )}
                </div>
              )}
            </ArrangeList>
          )
        }
      </Fetched>
      {open && <RuleForm rule={open === 'new' ? undefined : open} onClose={() => setOpen(null)} />}
      {log && <RuleLog rule={log} onClose={() => setLog(null)} />}
    </Page>
  );
}
