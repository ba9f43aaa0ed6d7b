import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Group, Select, Stack, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { deleteTag, mergeTag, renameTag, type Tag } from '@/lib/api';
import { listTagsOptions } from '@/lib/api/@tanstack/react-query.gen';
import { ifMatch } from '@/lib/etag';
import { EmptyState, Fetched } from '@/ui/states';
import { useWrite } from './write';

const must = { throwOnError: true } as const;

/** All tags, to be renamed, merged and deleted. */
export function TagsTab({ typed }: { typed: string }) {
  const { t } = useLingui();
  const all = useQuery(listTagsOptions());
  return (
    <Fetched query={all}>
      {({ tags }) =>
        tags.length === 0 ? (
          <EmptyState title={t`No tags yet`}>
            <Trans>The IT staff put them on tickets.</Trans>
          </EmptyState>
        ) : (
          <Stack gap="xs">
            {tags
              .filter(({ name }) => name.toLocaleLowerCase().includes(typed))
              .map((tag) => (
                <Row key={tag.id} tag={tag} all={tags} />
              ))}
          </Stack>
        )
      }
    </Fetched>
  );
}

function Row({ tag, all }: { tag: Tag; all: Tag[] }) {
  const { t } = useLingui();
  const write = useWrite();
  const { id, name } = tag;
  const options = { path: { id }, headers: ifMatch(tag), ...must };
  return (
    <Group>
      <TextInput
        key={name}
        aria-label={t`Name of the tag ${name}`}
        defaultValue={name}
        onBlur={(event) => {
          const next = event.currentTarget.value;
          if (next !== name) write.mutate(() => renameTag({ ...options, body: { name: next } }));
        }}
      />
      <Select
        aria-label={t`Merge ${name} into`}
        placeholder={t`Merge into…`}
        searchable
        data={all
          .filter((one) => one.id !== id)
          .map((one) => ({ value: String(one.id), label: one.name }))}
        value={null}
        onChange={(into) =>
          into && write.mutate(() => mergeTag({ ...options, body: { into: Number(into) } }))
        }
        comboboxProps={{ transitionProps: { duration: 0 } }}
      />
      <Button
        size="compact-sm"
        variant="default"
        aria-label={t`Delete ${name}`}
        onClick={() => write.mutate(() => deleteTag(options))}
      >
        <Trans>Delete</Trans>
      </Button>
    </Group>
  );
}
