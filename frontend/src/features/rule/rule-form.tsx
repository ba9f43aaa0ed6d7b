import '@mantine/core/styles/Checkbox.css';
import '@mantine/core/styles/NumberInput.css';
import { Trans, useLingui } from '@lingui/react/macro';
import {
  Button,
  Checkbox,
  Group,
  NativeSelect,
  NumberInput,
  Stack,
  Switch,
  TextInput,
} from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { ActionsEditor, edited, inputOf } from '@/features/macro';
import {
  createRule,
  getRule,
  type Rule,
  type RuleCreate,
  type RuleTrialLine,
  tryRule,
  updateRule,
} from '@/lib/api';
import { ifMatch } from '@/lib/etag';
import { useErrorFocus } from '@/lib/forms';
import { useOverwrite } from '@/lib/overwrite';
import { explain, fieldErrors } from '@/lib/problem';
import { invalidate } from '@/lib/query';
import { announce } from '@/lib/status-line';
import { exactTime } from '@/lib/time';
import { Dialog } from '@/ui/dialog';
import { FormError } from '@/ui/form-error';
import { ConditionBuilder } from './condition-builder';
import classes from './rule.module.css';
import { stateOf, triggerWords } from './words';

const must = { throwOnError: true } as const;
type Trigger = NonNullable<RuleCreate['triggers']>[number];

/** Makes a rule, or changes the one that is given. */
export function RuleForm({ rule, onClose }: { rule?: Rule; onClose: () => void }) {
  const { t, i18n } = useLingui();
  const client = useQueryClient();
  const [name, setName] = useState(rule?.name ?? '');
  const [timed, setTimed] = useState(!!rule?.every_minutes);
  const [minutes, setMinutes] = useState<number | string>(rule?.every_minutes ?? 60);
  const [triggers, setTriggers] = useState<string[]>(rule?.triggers ?? ['created']);
  const [condition, setCondition] = useState(rule?.condition ?? '');
  const [actions, setActions] = useState(
    () => rule?.actions.map(({ type, params }) => edited(type, params)) ?? [],
  );
  const [stop, setStop] = useState(rule?.stop ?? false);
  const what = () => ({
    triggers: timed ? [] : (triggers as Trigger[]),
    every_minutes: timed ? Number(minutes) || 0 : null,
    condition,
    actions: actions.map(inputOf),
  });
  const overwrite = useOverwrite(
    rule,
    async () => rule && (await getRule({ path: { id: rule.id }, ...must })).data,
  );
  const save = useMutation({
    mutationFn: () => {
      const body = { name, ...what(), stop };
      return overwrite<unknown>((base) =>
        base
          ? updateRule({ path: { id: base.id }, body, headers: ifMatch(base), ...must })
          : createRule({ body, ...must }),
      );
    },
    onSuccess: () => {
      announce(t`Rule saved`);
      onClose();
    },
    onSettled: () => invalidate(client, 'listRules', 'listRuleVersions'),
  });
  const trial = useMutation({
    meta: { trial: true },
    mutationFn: async () => (await tryRule({ body: what(), ...must })).data,
  });
  useErrorFocus(save.error);
  const outcome = useRef<HTMLElement>(null);
  const tried = trial.data;
  // It stands below the buttons, where a long form ends far below the screen.
  useEffect(() => {
    if (!tried) return;
    outcome.current?.focus({ preventScroll: true });
    outcome.current?.scrollIntoView({ block: 'nearest' });
  }, [tried]);
  const errors = fieldErrors(save.error);
  const wrong = trial.error && (Object.values(fieldErrors(trial.error))[0] ?? explain(trial.error));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <Dialog title={rule ? t`Change rule` : t`New rule`} size="xl" keep onClose={onClose}>
      <form noValidate onSubmit={submit}>
        <Stack>
          <FormError
            overwrites
            error={save.error}
            shown={['name', 'condition', 'actions', 'triggers', 'every_minutes']}
          />
          <TextInput
            label={t`Name`}
            required
            data-autofocus
            value={name}
            error={errors.name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <NativeSelect
            label={t`It acts`}
            value={timed ? 'time' : 'event'}
            data={[
              { value: 'event', label: t`when something happens` },
              { value: 'time', label: t`again and again` },
            ]}
            onChange={(event) => setTimed(event.currentTarget.value === 'time')}
          />
          {timed ? (
            <NumberInput
              label={t`Every so many minutes`}
              description={t`It acts on a ticket once, and again after the ticket has stopped to fit meanwhile.`}
              min={15}
              max={10080}
              allowDecimal={false}
              value={minutes}
              error={errors.every_minutes}
              onChange={setMinutes}
            />
          ) : (
            <Checkbox.Group
              label={t`When`}
              value={triggers}
              error={errors.triggers}
              onChange={setTriggers}
            >
              <Stack gap={4}>
                {Object.entries(triggerWords).map(([value, words]) => (
                  <Checkbox key={value} value={value} label={i18n._(words)} />
                ))}
              </Stack>
            </Checkbox.Group>
          )}
          <ConditionBuilder q={condition} error={errors.condition} onChange={setCondition} />
          <ActionsEditor
            actions={actions}
            error={errors.actions}
            without={['delete']}
            onChange={setActions}
          />
          <Switch
            label={t`No later rule acts on the same event`}
            checked={stop}
            onChange={(event) => setStop(event.currentTarget.checked)}
          />
          <Group>
            <Button type="submit" loading={save.isPending}>
              <Trans>Save rule</Trans>
            </Button>
            <Button variant="default" loading={trial.isPending} onClick={() => trial.mutate()}>
              <Trans>Try it</Trans>
            </Button>
            <Button variant="default" onClick={onClose}>
              <Trans>Cancel</Trans>
            </Button>
          </Group>
          {wrong && <p role="alert">{wrong}</p>}
          {trial.data && (
            <section
              ref={outcome}
              tabIndex={-1}
              className={classes.outcome}
              aria-label={t`What it would have done`}
            >
              <p role="status">
                {timed ? (
                  <Trans>It fits {trial.data.fits} tickets now. Nothing was changed.</Trans>
                ) : (
                  <Trans>
                    In the last 30 days it would have acted on {trial.data.fits} tickets. Nothing
                    was changed.
                  </Trans>
                )}
              </p>
              {trial.data.lines.length > 0 && <Would lines={trial.data.lines} />}
              <p className={classes.note}>
                {timed ? (
                  <Trans>Judged are all tickets, as they are now.</Trans>
                ) : (
                  <Trans>
                    Judged are the tickets of {trial.data.looked} events, each as it is now and not
                    as it was then: one that was urgent and is so no longer does not fit.
                  </Trans>
                )}{' '}
                {trial.data.more && (
                  <Trans>These are not all: only the newest were looked at or are listed.</Trans>
                )}
              </p>
              <ul className={classes.lines}>
                {trial.data.lines.map((line) => (
                  <li key={line.ticket_id}>
                    {line.at && `${exactTime(line.at, i18n.locale)} · `}#{line.ticket_id}{' '}
                    {line.title}: {i18n._(stateOf(line.state))}. {line.reason}
                  </li>
                ))}
              </ul>
            </section>
          )}
        </Stack>
      </form>
    </Dialog>
  );
}

/** How many of the tickets that are listed would have become another. */
function Would({ lines }: { lines: RuleTrialLine[] }) {
  const changed = lines.filter(({ state }) => state === 'applied').length;
  const listed = lines.length;
  return (
    <p>
      <Trans>
        Of the {listed} tickets below, it would have changed {changed}.
      </Trans>
    </p>
  );
}
