import '@mantine/core/styles/Pill.css';
import '@mantine/core/styles/PillsInput.css';
import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Group, MultiSelect, Select, Stack, Switch, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import {
  type Category,
  type CategoryUpdate,
  createCategory,
  deleteCategory,
  type Field,
  type ListCategoriesResponse,
  updateCategory,
} from '@/lib/api';
import {
  listCategoriesOptions,
  listCategoriesQueryKey,
  listFieldsOptions,
  listTeamsOptions,
} from '@/lib/api/@tanstack/react-query.gen';
import { ifMatch } from '@/lib/etag';
import { fieldErrors } from '@/lib/problem';
import { DeleteButton } from '@/ui/delete-button';
import { Reorder } from '@/ui/reorder';
import { Section } from '@/ui/section';
import { EmptyState, Fetched } from '@/ui/states';
import { TextSetting } from './text-setting';
import { useChanges, useWrite, writeOrder, wrongWith } from './write';

const must = { throwOnError: true } as const;
const still = { transitionProps: { duration: 0 } };

/** The tree of categories, each with its form. */
export function CategoriesTab({ typed }: { typed: string }) {
  const { t } = useLingui();
  const tree = useQuery(listCategoriesOptions());
  const fields = useQuery(listFieldsOptions()).data?.fields ?? [];
  const add = useWrite();
  const arrange = useWrite();
  const misplaced = fieldErrors(add.error).parent_id;
  const [name, setName] = useState('');
  const [parent, setParent] = useState<string | null>(null);
  const all = tree.data?.categories ?? [];
  return (
    <Stack>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const body = { name, parent_id: parent ? Number(parent) : null };
          add.mutate(() => createCategory({ body, ...must }), { onSuccess: () => setName('') });
        }}
      >
        <Group align="end">
          <TextInput
            label={t`New category`}
            value={name}
            error={misplaced ? undefined : wrongWith(add.error)}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Select
            label={t`Inside of`}
            placeholder={t`The top`}
            clearable
            clearButtonProps={{ 'aria-label': t`Clear` }}
            searchable
            data={all.map(({ id, path }) => ({ value: String(id), label: path }))}
            value={parent}
            error={misplaced}
            onChange={setParent}
            comboboxProps={still}
          />
          <Button type="submit" disabled={!name.trim()} loading={add.isPending}>
            <Trans>Add category</Trans>
          </Button>
        </Group>
      </form>
      <Fetched query={tree}>
        {({ categories }) =>
          categories.length === 0 ? (
            <EmptyState title={t`No categories yet`}>
              <Trans>Employees choose one when they report a problem.</Trans>
            </EmptyState>
          ) : (
            <Reorder
              partial={typed !== ''}
              items={categories.filter(({ path }) => path.toLocaleLowerCase().includes(typed))}
              keyOf={({ id }) => id}
              nameOf={({ path }) => path}
              groupOf={({ parent_id }) => parent_id ?? 0}
              onOrder={(order) =>
                arrange.mutate(() =>
                  writeOrder(order, ({ id }, position) =>
                    updateCategory({ path: { id }, body: { position }, ...must }),
                  ),
                )
              }
            >
              {(one, buttons) => (
                <Row category={one} all={categories} fields={fields} buttons={buttons} />
              )}
            </Reorder>
          )
        }
      </Fetched>
    </Stack>
  );
}

interface RowProps {
  category: Category;
  all: Category[];
  fields: Field[];
  buttons: ReactNode;
}

function Row({ category, all, fields, buttons }: RowProps) {
  const { t } = useLingui();
  const teams = useQuery({ ...listTeamsOptions(), staleTime: 60_000 }).data?.results ?? [];
  const { id, path } = category;
  const options = (now: Category) => ({ path: { id }, headers: ifMatch(now), ...must });
  const { shown, change, errors, remove } = useChanges(
    category,
    (client) => client.getQueryData<ListCategoriesResponse>(listCategoriesQueryKey())?.categories,
    (now, body: CategoryUpdate) => updateCategory({ ...options(now), body }),
  );
  const elsewhere = all.filter((one) => one.id !== id && !one.path.startsWith(`${path}/`));
  return (
    <Section
      title={path}
      actions={
        <Group gap="xs">
          {buttons}
          <DeleteButton
            name={path}
            title={t`Delete the category ${path}?`}
            confirm={t`Delete category`}
            onDelete={() => remove((now) => deleteCategory(options(now)))}
          >
            <Trans>It is gone with its form. It cannot be undone.</Trans>
          </DeleteButton>
        </Group>
      }
    >
      <Group align="end">
        <TextSetting
          label={t`Name`}
          value={shown.name}
          onSave={(name) => change(() => ({ name }))}
        />
        <TextSetting
          label={t`Description`}
          maxLength={500}
          value={shown.description}
          onSave={(description) => change(() => ({ description }))}
        />
        <Select
          label={t`Inside of`}
          placeholder={t`The top`}
          clearable
          clearButtonProps={{ 'aria-label': t`Clear` }}
          searchable
          data={elsewhere.map((one) => ({ value: String(one.id), label: one.path }))}
          value={shown.parent_id ? String(shown.parent_id) : null}
          error={errors.parent_id}
          onChange={(to) => change(() => ({ parent_id: to ? Number(to) : null }))}
          comboboxProps={still}
        />
        <Select
          label={t`Team`}
          placeholder={shown.parent_id ? t`As above` : t`No team`}
          clearable
          clearButtonProps={{ 'aria-label': t`Clear` }}
          searchable
          data={teams
            .filter((team) => team.is_active || team.id === shown.team_id)
            .map((team) => ({ value: String(team.id), label: team.name }))}
          value={shown.team_id ? String(shown.team_id) : null}
          error={errors.team_id}
          onChange={(to) => change(() => ({ team_id: to ? Number(to) : null }))}
          comboboxProps={still}
        />
        <Select
          label={t`Priority`}
          placeholder={shown.parent_id ? t`As above` : t`Medium`}
          clearable
          clearButtonProps={{ 'aria-label': t`Clear` }}
          data={[
            { value: 'low', label: t`Low` },
            { value: 'medium', label: t`Medium` },
            { value: 'high', label: t`High` },
            { value: 'urgent', label: t`Urgent` },
          ]}
          value={shown.priority}
          error={errors.priority}
          onChange={(to) => change(() => ({ priority: to as Category['priority'] }))}
          comboboxProps={still}
        />
        <MultiSelect
          label={t`Form`}
          placeholder={shown.fields.length === 0 ? t`Nothing is asked` : undefined}
          data={fields
            .filter((field) => !field.archived || shown.fields.includes(field.id))
            .map((field) => ({ value: String(field.id), label: field.name }))}
          value={shown.fields.map(String)}
          error={errors.fields}
          onChange={(chosen) => change(chosenOf(shown.fields, chosen.map(Number)))}
          comboboxProps={still}
        />
        <Switch
          label={t`In use`}
          checked={shown.active}
          error={errors.active}
          onChange={({ currentTarget: { checked } }) => change(() => ({ active: checked }))}
        />
      </Group>
    </Section>
  );
}

/** What was added and taken away, as a change of whichever fields the category has by then. */
function chosenOf(before: number[], after: number[]): (now: Category) => CategoryUpdate {
  const added = after.filter((id) => !before.includes(id));
  const taken = before.filter((id) => !after.includes(id));
  return ({ fields }) => ({
    fields: [
      ...fields.filter((id) => !taken.includes(id)),
      ...added.filter((id) => !fields.includes(id)),
    ],
  });
}
