import '@mantine/core/styles/Pill.css';
import '@mantine/core/styles/PillsInput.css';
import { Trans, useLingui } from '@lingui/react/macro';
import {
  ActionIcon,
  Button,
  Group,
  MultiSelect,
  Select,
  Stack,
  Switch,
  TextInput,
} from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import {
  type Category,
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
import { Reorder } from '@/ui/reorder';
import { Section } from '@/ui/section';
import { EmptyState, Fetched } from '@/ui/states';
import { TextSetting } from './text-setting';
import { useNewest, useWrite, writeOrder } from './write';

const must = { throwOnError: true } as const;
const still = { transitionProps: { duration: 0 } };

/** The tree of categories, each with its form. */
export function CategoriesTab({ typed }: { typed: string }) {
  const { t } = useLingui();
  const tree = useQuery(listCategoriesOptions());
  const fields = useQuery(listFieldsOptions()).data?.fields ?? [];
  const write = useWrite();
  const [name, setName] = useState('');
  const [parent, setParent] = useState<string | null>(null);
  const all = tree.data?.categories ?? [];
  return (
    <Stack>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const body = { name, parent_id: parent ? Number(parent) : null };
          write.mutate(() => createCategory({ body, ...must }), { onSuccess: () => setName('') });
        }}
      >
        <Group align="end">
          <TextInput
            label={t`New category`}
            value={name}
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
            onChange={setParent}
            comboboxProps={still}
          />
          <Button type="submit" disabled={!name.trim()} loading={write.isPending}>
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
                write.mutate(() =>
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
  const write = useWrite();
  const teams = useQuery({ ...listTeamsOptions(), staleTime: 60_000 }).data?.results ?? [];
  const { id, name, path } = category;
  const newest = useNewest(
    category,
    (client) => client.getQueryData<ListCategoriesResponse>(listCategoriesQueryKey())?.categories,
  );
  const options = () => ({ path: { id }, headers: ifMatch(newest()), ...must });
  const change = (
    body: Parameters<typeof updateCategory>[0]['body'],
    then?: { onError: () => void },
  ) => write.mutate(() => updateCategory({ ...options(), body }), then);
  const elsewhere = all.filter((one) => one.id !== id && !one.path.startsWith(`${path}/`));
  return (
    <Section
      title={path}
      actions={
        <Group gap="xs">
          {buttons}
          <ActionIcon
            variant="default"
            aria-label={t`Delete ${path}`}
            onClick={() => write.mutate(() => deleteCategory(options()))}
          >
            <IconTrash size={16} />
          </ActionIcon>
        </Group>
      }
    >
      <Group align="end">
        <TextSetting
          label={t`Name`}
          value={name}
          onSave={(next, back) => change({ name: next }, back)}
        />
        <TextSetting
          label={t`Description`}
          maxLength={500}
          value={category.description}
          onSave={(description, back) => change({ description }, back)}
        />
        <Select
          label={t`Inside of`}
          placeholder={t`The top`}
          clearable
          clearButtonProps={{ 'aria-label': t`Clear` }}
          searchable
          data={elsewhere.map((one) => ({ value: String(one.id), label: one.path }))}
          value={category.parent_id ? String(category.parent_id) : null}
          onChange={(to) => change({ parent_id: to ? Number(to) : null })}
          comboboxProps={still}
        />
        <Select
          label={t`Team`}
          placeholder={category.parent_id ? t`As above` : t`No team`}
          clearable
          clearButtonProps={{ 'aria-label': t`Clear` }}
          searchable
          data={teams
            .filter((team) => team.is_active || team.id === category.team_id)
            .map((team) => ({ value: String(team.id), label: team.name }))}
          value={category.team_id ? String(category.team_id) : null}
          onChange={(to) => change({ team_id: to ? Number(to) : null })}
          comboboxProps={still}
        />
        <Select
          label={t`Priority`}
          placeholder={category.parent_id ? t`As above` : t`Medium`}
          clearable
          clearButtonProps={{ 'aria-label': t`Clear` }}
          data={[
            { value: 'low', label: t`Low` },
            { value: 'medium', label: t`Medium` },
            { value: 'high', label: t`High` },
            { value: 'urgent', label: t`Urgent` },
          ]}
          value={category.priority}
          onChange={(priority) => change({ priority: priority as Category['priority'] })}
          comboboxProps={still}
        />
        <MultiSelect
          label={t`Form`}
          placeholder={category.fields.length === 0 ? t`Nothing is asked` : undefined}
          data={fields
            .filter((field) => !field.archived || category.fields.includes(field.id))
            .map((field) => ({ value: String(field.id), label: field.name }))}
          value={category.fields.map(String)}
          onChange={(chosen) => change({ fields: chosen.map(Number) })}
          comboboxProps={still}
        />
        <Switch
          label={t`In use`}
          checked={category.active}
          onChange={(event) => change({ active: event.currentTarget.checked })}
        />
      </Group>
    </Section>
  );
}
