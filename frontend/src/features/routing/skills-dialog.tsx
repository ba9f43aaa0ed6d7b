import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Group, MultiSelect, Stack, TextInput } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type RoutingSkill, setRoutingSkills } from '@/lib/api';
import {
  listCategoriesOptions,
  listRoutingSkillsOptions,
} from '@/lib/api/@tanstack/react-query.gen';
import { explain, fieldErrors } from '@/lib/problem';
import { invalidate } from '@/lib/query';
import { announce } from '@/lib/status-line';
import { Dialog } from '@/ui/dialog';
import { Fetched } from '@/ui/states';

/** The tags that say what a ticket takes, and the categories that take them, too. */
export function SkillsDialog({ onClose }: { onClose: () => void }) {
  const { t } = useLingui();
  const query = useQuery({ ...listRoutingSkillsOptions(), staleTime: 0 });
  return (
    <Dialog title={t`Skills`} size="lg" keep onClose={onClose}>
      <Fetched query={query}>
        {({ skills }) => <SkillsForm skills={skills} onClose={onClose} />}
      </Fetched>
    </Dialog>
  );
}

interface Row extends RoutingSkill {
  key: number;
}

function SkillsForm({ skills, onClose }: { skills: RoutingSkill[]; onClose: () => void }) {
  const { t } = useLingui();
  const client = useQueryClient();
  const categories = useQuery(listCategoriesOptions()).data?.categories ?? [];
  const [rows, setRows] = useState<Row[]>(() => skills.map((one, key) => ({ ...one, key })));
  const save = useMutation({
    mutationFn: async () =>
      (
        await setRoutingSkills({
          body: {
            skills: rows
              .filter(({ tag }) => tag.trim())
              .map(({ tag, categories: ids }) => ({ tag, categories: ids })),
          },
          throwOnError: true,
        })
      ).data,
    onSuccess: () => {
      announce(t`Skills saved`);
      onClose();
    },
    onSettled: () => invalidate(client, 'listRoutingSkills', 'listRoutingAgents'),
  });
  const change = (key: number, part: Partial<Row>) =>
    setRows(rows.map((row) => (row.key === key ? { ...row, ...part } : row)));
  return (
    <Stack>
      <p>
        <Trans>
          A skill is a tag. A ticket takes the skills among its tags, and those of its category.
        </Trans>
      </p>
      {rows.map((row, at) => {
        const number = at + 1;
        return (
          <Group key={row.key} align="flex-end">
            <TextInput
              label={t`Skill ${number}`}
              value={row.tag}
              onChange={(event) => change(row.key, { tag: event.currentTarget.value })}
            />
            <MultiSelect
              label={t`Categories of skill ${number}`}
              value={row.categories.map(String)}
              data={categories.map(({ id, path }) => ({ value: String(id), label: path }))}
              searchable
              comboboxProps={{ transitionProps: { duration: 0 } }}
              onChange={(ids) => change(row.key, { categories: ids.map(Number) })}
            />
            <Button
              variant="default"
              aria-label={t`Remove skill ${number}`}
              onClick={() => setRows(rows.filter(({ key }) => key !== row.key))}
            >
              <Trans>Remove</Trans>
            </Button>
          </Group>
        );
      })}
      <div>
        <Button
          variant="default"
          leftSection={<IconPlus size={16} />}
          onClick={() =>
            setRows([
              ...rows,
              { key: Math.max(0, ...rows.map(({ key }) => key + 1)), tag: '', categories: [] },
            ])
          }
        >
          <Trans>Add a skill</Trans>
        </Button>
      </div>
      {save.error && (
        <p role="alert">{Object.values(fieldErrors(save.error))[0] ?? explain(save.error)}</p>
      )}
      <Group>
        <Button loading={save.isPending} onClick={() => save.mutate()}>
          <Trans>Save skills</Trans>
        </Button>
        <Button variant="default" onClick={onClose}>
          <Trans>Cancel</Trans>
        </Button>
      </Group>
    </Stack>
  );
}
