import '@mantine/core/styles/Pill.css';
import '@mantine/core/styles/PillsInput.css';
import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Group, Select, Stack, Switch, TagsInput, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import {
  createField,
  deleteField,
  type Field,
  type FieldUpdate,
  type ListFieldsResponse,
  updateField,
} from '@/lib/api';
import { listFieldsOptions, listFieldsQueryKey } from '@/lib/api/@tanstack/react-query.gen';
import { ifMatch } from '@/lib/etag';
import { fieldErrors } from '@/lib/problem';
import { DeleteButton } from '@/ui/delete-button';
import { Reorder } from '@/ui/reorder';
import { Section } from '@/ui/section';
import { EmptyState, Fetched } from '@/ui/states';
import { ChoicesEditor } from './choices-editor';
import { TextSetting } from './text-setting';
import { useChanges, useWrite, writeOrder, wrongWith } from './write';

const must = { throwOnError: true } as const;
const still = { transitionProps: { duration: 0 } };

function useKinds() {
  const { t } = useLingui();
  return {
    text: t`Text`,
    number: t`Number`,
    date: t`Day`,
    choice: t`One of several`,
    multi_choice: t`Several of several`,
    checkbox: t`Yes or no`,
    user: t`Person`,
    url: t`Web address`,
  } satisfies Record<Field['kind'], string>;
}

/** The desk's own fields. */
export function FieldsTab({ typed }: { typed: string }) {
  const { t } = useLingui();
  const fields = useQuery(listFieldsOptions());
  const kinds = useKinds();
  const add = useWrite();
  const arrange = useWrite();
  const unfit = fieldErrors(add.error).options;
  const [name, setName] = useState('');
  const [kind, setKind] = useState<Field['kind']>('text');
  const [labels, setLabels] = useState<string[]>([]);
  const chosen = kind === 'choice' || kind === 'multi_choice';
  return (
    <Stack>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const options = chosen ? labels.map((label) => ({ label })) : undefined;
          add.mutate(() => createField({ body: { name, kind, options }, ...must }), {
            onSuccess: () => {
              setName('');
              setLabels([]);
            },
          });
        }}
      >
        <Group align="end">
          <TextInput
            label={t`New field`}
            value={name}
            error={unfit ? undefined : wrongWith(add.error)}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Select
            label={t`Kind`}
            allowDeselect={false}
            data={Object.entries(kinds).map(([value, label]) => ({ value, label }))}
            value={kind}
            onChange={(value) => value && setKind(value as Field['kind'])}
            comboboxProps={still}
          />
          {chosen && (
            <TagsInput label={t`Choices`} value={labels} error={unfit} onChange={setLabels} />
          )}
          <Button type="submit" disabled={!name.trim()} loading={add.isPending}>
            <Trans>Add field</Trans>
          </Button>
        </Group>
      </form>
      <Fetched query={fields}>
        {({ fields: all }) =>
          all.length === 0 ? (
            <EmptyState title={t`No fields yet`}>
              <Trans>Fields ask for what tickets of some categories need.</Trans>
            </EmptyState>
          ) : (
            <Reorder
              partial={typed !== ''}
              items={all.filter((one) => one.name.toLocaleLowerCase().includes(typed))}
              keyOf={({ id }) => id}
              nameOf={(one) => one.name}
              onOrder={(order) =>
                arrange.mutate(() =>
                  writeOrder(order, ({ id }, position) =>
                    updateField({ path: { id }, body: { position }, ...must }),
                  ),
                )
              }
            >
              {(one, buttons) => <Row field={one} kind={kinds[one.kind]} buttons={buttons} />}
            </Reorder>
          )
        }
      </Fetched>
    </Stack>
  );
}

function Row({ field, kind, buttons }: { field: Field; kind: string; buttons: ReactNode }) {
  const { t } = useLingui();
  const { id, name, slug } = field;
  const options = (now: Field) => ({ path: { id }, headers: ifMatch(now), ...must });
  const { shown, change, errors, remove } = useChanges(
    field,
    (client) => client.getQueryData<ListFieldsResponse>(listFieldsQueryKey())?.fields,
    (now, body: FieldUpdate) => updateField({ ...options(now), body }),
  );
  const chosen = field.kind === 'choice' || field.kind === 'multi_choice';
  return (
    <Section
      title={name}
      lead={`${kind} · cf.${slug}`}
      actions={
        <Group gap="xs">
          {buttons}
          <DeleteButton
            name={name}
            title={t`Delete the field ${name}?`}
            confirm={t`Delete field`}
            onDelete={() => remove((now) => deleteField(options(now)))}
          >
            <Trans>It is gone with its settings. It cannot be undone.</Trans>
          </DeleteButton>
        </Group>
      }
    >
      <Group align="end">
        <TextSetting
          label={t`Name`}
          value={shown.name}
          onSave={(next) => change(() => ({ name: next }))}
        />
        <TextSetting
          label={t`Help`}
          maxLength={500}
          value={shown.help}
          onSave={(help) => change(() => ({ help }))}
        />
        <Select
          label={t`Required`}
          placeholder={t`Never`}
          clearable
          clearButtonProps={{ 'aria-label': t`Clear` }}
          data={[
            { value: 'create', label: t`To report` },
            { value: 'resolve', label: t`To resolve` },
          ]}
          value={shown.required}
          error={errors.required}
          onChange={(to) => change(() => ({ required: to as Field['required'] }))}
          comboboxProps={still}
        />
      </Group>
      {chosen && (
        <ChoicesEditor
          name={name}
          options={shown.options}
          onChange={(list) => change((now) => ({ options: list(now.options) }))}
        />
      )}
      <Group mt="sm">
        <Switch
          label={t`In every category`}
          checked={shown.everywhere}
          error={errors.everywhere}
          onChange={({ currentTarget: { checked } }) => change(() => ({ everywhere: checked }))}
        />
        <Switch
          label={t`Employees see it`}
          checked={shown.employee_view}
          error={errors.employee_view}
          onChange={({ currentTarget: { checked } }) =>
            change(() =>
              checked ? { employee_view: true } : { employee_view: false, employee_edit: false },
            )
          }
        />
        <Switch
          label={t`Employees fill it in`}
          checked={shown.employee_edit}
          error={errors.employee_edit}
          onChange={({ currentTarget: { checked } }) =>
            change(() =>
              checked ? { employee_view: true, employee_edit: true } : { employee_edit: false },
            )
          }
        />
        <Switch
          label={t`Archived`}
          checked={shown.archived}
          error={errors.archived}
          onChange={({ currentTarget: { checked } }) => change(() => ({ archived: checked }))}
        />
      </Group>
    </Section>
  );
}
