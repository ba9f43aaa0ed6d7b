import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Checkbox, NativeSelect, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTeams } from '@/features/team';
import type { ActionKind, ActionParam } from '@/lib/api';
import {
  listActionsOptions,
  listAssigneesOptions,
  listCategoriesOptions,
  listFieldsOptions,
  listSubstatusesOptions,
} from '@/lib/api/@tanstack/react-query.gen';
import { personName } from '@/ui/person';
import { actionWords, paramWords, valueWords } from './action-words';
import { type EditedAction, edited, useMacros } from './api';
import classes from './macro.module.css';

const quiet = { staleTime: 60_000 };

interface Choice {
  value: string;
  label: string;
}

/** Its braces would be syntax in a text that is translated. */
const example = '{{requester.first_name}}';

/** What a parameter of a kind can be; null for what is typed. */
function useChoices(kind: string): Choice[] | null {
  const people = useQuery({ ...listAssigneesOptions(), ...quiet, enabled: kind === 'user' });
  const teams = useTeams(kind === 'team');
  const categories = useQuery({
    ...listCategoriesOptions(),
    ...quiet,
    enabled: kind === 'category',
  });
  const finer = useQuery({ ...listSubstatusesOptions(), ...quiet, enabled: kind === 'substatus' });
  const fields = useQuery({ ...listFieldsOptions(), ...quiet, enabled: kind === 'field' });
  const macros = useMacros(kind === 'macro');
  switch (kind) {
    case 'user':
      return (people.data?.results ?? []).map((p) => ({
        value: String(p.id),
        label: personName(p),
      }));
    case 'team':
      return (teams.data?.results ?? []).map((p) => ({ value: String(p.id), label: p.name }));
    case 'category':
      return (categories.data?.categories ?? []).map((p) => ({
        value: String(p.id),
        label: p.path,
      }));
    case 'macro':
      return (macros.data?.results ?? []).map((p) => ({ value: String(p.id), label: p.name }));
    case 'substatus':
      return (finer.data?.substatuses ?? []).map((p) => ({ value: p.slug, label: p.label }));
    case 'field':
      return (fields.data?.fields ?? []).map((p) => ({ value: p.slug, label: p.name }));
    default:
      return null;
  }
}

const ids = new Set(['user', 'team', 'category', 'macro']);

function ParamField(props: {
  param: ActionParam;
  value: unknown;
  onChange: (value: unknown) => void;
}) {
  const { param, value, onChange } = props;
  const { t, i18n } = useLingui();
  const words = paramWords[param.name];
  const label = words ? i18n._(words) : param.name;
  const choices = useChoices(param.kind);
  const inWords = (v: string) => (valueWords[v] ? i18n._(valueWords[v]) : v);
  const given =
    param.kind === 'choice' ? param.values.map((v) => ({ value: v, label: inWords(v) })) : null;
  const data = given ?? choices;
  if (data) {
    const now = value === null ? 'null' : value === undefined ? '' : String(value);
    return (
      <NativeSelect
        label={label}
        value={now}
        data={[
          ...(now === '' ? [{ value: '', label: t`Choose…` }] : []),
          ...(param.nullable ? [{ value: 'null', label: t`Nobody, none` }] : []),
          ...data,
          ...(now !== '' && now !== 'null' && !data.some((one) => one.value === now)
            ? [{ value: now, label: now }]
            : []),
        ]}
        onChange={({ currentTarget: { value: next } }) =>
          onChange(next === 'null' ? null : ids.has(param.kind) ? Number(next) : next)
        }
      />
    );
  }
  if (param.kind === 'markdown') {
    return (
      <Textarea
        className={classes.wide}
        label={label}
        description={t`Markdown, with placeholders such as ${example}.`}
        autosize
        minRows={3}
        value={String(value ?? '')}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    );
  }
  if (param.kind === 'bool') {
    return (
      <Checkbox
        className={classes.wide}
        label={label}
        checked={value === true}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
    );
  }
  if (param.kind === 'text') {
    return (
      <Textarea
        className={classes.wide}
        label={label}
        autosize
        minRows={2}
        value={String(value ?? '')}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    );
  }
  if (param.kind === 'time') {
    return (
      <TextInput
        label={label}
        description={t`+3d, +4h or +1w from then, or 2026-03-02T13:00:00Z.`}
        value={String(value ?? '')}
        onChange={({ currentTarget: { value: text } }) =>
          onChange(text.trim() || (param.nullable ? null : undefined))
        }
      />
    );
  }
  if (param.kind === 'ticket') {
    return (
      <TextInput
        label={label}
        inputMode="numeric"
        value={String(value ?? '')}
        onChange={({ currentTarget: { value: text } }) => {
          const digits = text.replace(/\D/g, '');
          onChange(digits ? Number(digits) : undefined);
        }}
      />
    );
  }
  const shown = typeof value === 'string' || value === undefined ? value : JSON.stringify(value);
  return (
    <TextInput
      label={label}
      value={shown ?? ''}
      onChange={({ currentTarget: { value: text } }) => {
        if (param.kind !== 'json') return onChange(text);
        try {
          onChange(JSON.parse(text));
        } catch {
          onChange(text);
        }
      }}
    />
  );
}

interface ActionsEditorProps {
  actions: EditedAction[];
  error?: React.ReactNode;
  /** Types that make no sense here. */
  without: readonly string[];
  onChange: (actions: EditedAction[]) => void;
}

/** What is to be done, one after the other, from the one vocabulary of actions. */
export function ActionsEditor({ actions, error, without, onChange }: ActionsEditorProps) {
  const { t, i18n } = useLingui();
  const query = useQuery({ ...listActionsOptions(), ...quiet });
  const kinds = (query.data?.actions ?? []).filter(({ type }) => !without.includes(type));
  const wordOf = (type: string) => (actionWords[type] ? i18n._(actionWords[type]) : type);
  const change = (key: number, part: Partial<EditedAction>) =>
    onChange(actions.map((one) => (one.key === key ? { ...one, ...part } : one)));
  return (
    <Stack gap="sm">
      {actions.map((action, at) => {
        const number = at + 1;
        const kind: ActionKind | undefined = kinds.find(({ type }) => type === action.type);
        return (
          <fieldset key={action.key} className={classes.action} aria-label={t`Action ${number}`}>
            <NativeSelect
              label={t`Action ${number}`}
              value={action.type}
              data={kinds.map(({ type }) => ({ value: type, label: wordOf(type) }))}
              onChange={(event) =>
                change(action.key, { type: event.currentTarget.value, params: {} })
              }
            />
            {kind?.params.map((param) => (
              <ParamField
                key={`${kind.type}.${param.name}`}
                param={param}
                value={action.params[param.name]}
                onChange={(value) =>
                  change(action.key, { params: { ...action.params, [param.name]: value } })
                }
              />
            ))}
            <Button
              variant="subtle"
              color="red"
              leftSection={<IconTrash size={16} />}
              onClick={() => onChange(actions.filter((one) => one.key !== action.key))}
            >
              <Trans>Remove action {number}</Trans>
            </Button>
          </fieldset>
        );
      })}
      {error && (
        <Text size="sm" c="red" role="alert" tabIndex={-1}>
          {error}
        </Text>
      )}
      <div>
        <Button
          variant="default"
          leftSection={<IconPlus size={16} />}
          disabled={kinds.length === 0}
          onClick={() => onChange([...actions, edited(kinds[0]?.type ?? '')])}
        >
          <Trans>Add an action</Trans>
        </Button>
      </div>
    </Stack>
  );
}
