import { Trans, useLingui } from '@lingui/react/macro';
import { Autocomplete, Button, NativeSelect, Stack, TextInput } from '@mantine/core';
import { IconFolderPlus, IconPlus, IconTrash } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { QueryField } from '@/lib/api';
import { listFieldsOptions, listQueryFieldsOptions } from '@/lib/api/@tanstack/react-query.gen';
import { type Group, group, type Line, line, type Part, queryOf, treeOf } from './conditions';
import classes from './rule.module.css';

interface ConditionBuilderProps {
  q: string;
  error?: React.ReactNode;
  onChange: (q: string) => void;
}

/** Which tickets: as groups of fields and values, and as the query that they are. */
export function ConditionBuilder({ q, error, onChange }: ConditionBuilderProps) {
  const { t } = useLingui();
  const fields = useQuery({ ...listQueryFieldsOptions(), staleTime: 60_000 }).data?.fields ?? [];
  const [own, setOwn] = useState(() => ({ q, root: treeOf(q) }));
  const root = own.q === q ? own.root : treeOf(q);
  return (
    <Stack gap="sm">
      {root ? (
        <GroupEditor
          group={root}
          number=""
          fields={fields}
          onChange={(changed) => {
            const next = queryOf(changed);
            setOwn({ q: next, root: changed });
            onChange(next);
          }}
        />
      ) : (
        <p>
          <Trans>This condition cannot be shown as lines; it is changed as text.</Trans>
        </p>
      )}
      <TextInput
        label={t`Condition`}
        description={t`In the language of the search box, also with OR and brackets. Leave it empty for every ticket.`}
        spellCheck={false}
        value={q}
        error={error}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    </Stack>
  );
}

/** How deep groups may stand in each other. The language allows more. */
const deepest = 3;

interface GroupEditorProps {
  group: Group;
  /** Its place, such as 2.1; empty for the whole condition. */
  number: string;
  fields: QueryField[];
  onChange: (group: Group) => void;
}

function GroupEditor({ group: it, number, fields, onChange }: GroupEditorProps) {
  const { t } = useLingui();
  const { parts } = it;
  const replace = (key: number, by: Part[]) =>
    onChange({ ...it, parts: parts.flatMap((part) => (part.key === key ? by : [part])) });
  const holds = `${it.not ? 'not-' : ''}${it.any ? 'any' : 'all'}`;
  return (
    <>
      {(parts.length > 1 || it.not || number) && (
        <NativeSelect
          label={number ? t`Group ${number} holds when` : t`A ticket fits when`}
          value={holds}
          data={[
            { value: 'all', label: t`all of these hold` },
            { value: 'any', label: t`one of these holds` },
            { value: 'not-any', label: t`none of these holds` },
            { value: 'not-all', label: t`not all of these hold` },
          ]}
          onChange={(event) => {
            const chosen = event.currentTarget.value;
            onChange({ ...it, not: chosen.startsWith('not-'), any: chosen.endsWith('any') });
          }}
        />
      )}
      {parts.map((part, at) => {
        const place = number ? `${number}.${at + 1}` : `${at + 1}`;
        const remove = () => replace(part.key, []);
        return part.kind === 'line' ? (
          <LineEditor
            key={part.key}
            line={part}
            number={place}
            fields={fields}
            onChange={(changed) => replace(part.key, [changed])}
            onRemove={remove}
          />
        ) : (
          <fieldset key={part.key} className={classes.group} aria-label={t`Group ${place}`}>
            <GroupEditor
              group={part}
              number={place}
              fields={fields}
              onChange={(changed) => replace(part.key, [changed])}
            />
            <div>
              <Button
                size="compact-sm"
                variant="subtle"
                color="red"
                leftSection={<IconTrash size={16} aria-hidden />}
                onClick={remove}
              >
                {t`Remove group ${place}`}
              </Button>
            </div>
          </fieldset>
        );
      })}
      <div className={classes.adders}>
        <Button
          variant="default"
          leftSection={<IconPlus size={16} aria-hidden />}
          aria-label={number ? t`Add a condition to group ${number}` : undefined}
          onClick={() => onChange({ ...it, parts: [...parts, line('status')] })}
        >
          <Trans>Add a condition</Trans>
        </Button>
        {number.split('.').length < deepest && (
          <Button
            variant="default"
            leftSection={<IconFolderPlus size={16} aria-hidden />}
            aria-label={number ? t`Add a group to group ${number}` : undefined}
            onClick={() => onChange({ ...it, parts: [...parts, group([line('status')], !it.any)] })}
          >
            <Trans>Add a group</Trans>
          </Button>
        )}
      </div>
    </>
  );
}

interface LineEditorProps {
  line: Line;
  number: string;
  fields: QueryField[];
  onChange: (line: Line) => void;
  onRemove: () => void;
}

function LineEditor({ line: one, number, fields, onChange, onRemove }: LineEditorProps) {
  const { t } = useLingui();
  const field = fields.find(({ name }) => name === one.field);
  const own = useQuery({ ...listFieldsOptions(), staleTime: 60_000 }).data?.fields ?? [];
  const named = (name: string) => ({
    value: name,
    label: own.find(({ slug }) => name === `cf.${slug}`)?.name ?? name,
  });
  return (
    <fieldset className={classes.condition} aria-label={t`Condition ${number}`}>
      <NativeSelect
        aria-label={t`Field of condition ${number}`}
        value={one.field}
        data={[
          { value: '', label: t`text` },
          ...fields.map(({ name }) => named(name)),
          ...(one.field && !field ? [named(one.field)] : []),
        ]}
        onChange={(event) => onChange({ ...one, field: event.currentTarget.value })}
      />
      <NativeSelect
        aria-label={t`Whether condition ${number} holds`}
        value={one.not ? 'not' : 'is'}
        data={[
          { value: 'is', label: t`is` },
          { value: 'not', label: t`is not` },
        ]}
        onChange={(event) => onChange({ ...one, not: event.currentTarget.value === 'not' })}
      />
      <Autocomplete
        className={classes.value}
        aria-label={t`Value of condition ${number}`}
        placeholder={field && valueIn(field.example)}
        data={field?.values ?? []}
        value={one.value}
        onChange={(value) => onChange({ ...one, value })}
        // Inside the dialog: what lies in a portal of its own belongs to no landmark.
        comboboxProps={{ transitionProps: { duration: 0 }, withinPortal: false }}
      />
      <Button
        variant="subtle"
        color="red"
        aria-label={t`Remove condition ${number}`}
        onClick={onRemove}
      >
        <IconTrash size={16} aria-hidden />
      </Button>
    </fieldset>
  );
}

/** The value of an example in the language of queries: its field and its comparison stand beside it. */
function valueIn(example: string): string {
  return example.replace(/^[^:]*:(?:[<>]=?)?/, '').replace(/^"(.*)"$/, '$1');
}
