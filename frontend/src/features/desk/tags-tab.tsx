import { Trans, useLingui } from '@lingui/react/macro';
import { Group, Select, Stack, Switch } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import {
  deleteTag,
  type ListTagsResponse,
  mergeTag,
  renameTag,
  type Tag,
  type TagName,
  updateDeskSettings,
} from '@/lib/api';
import {
  getDeskSettingsOptions,
  listTagsOptions,
  listTagsQueryKey,
} from '@/lib/api/@tanstack/react-query.gen';
import { ifMatch } from '@/lib/etag';
import { explain } from '@/lib/problem';
import { invalidate } from '@/lib/query';
import { announce } from '@/lib/status-line';
import { ConfirmDialog } from '@/ui/confirm-dialog';
import { DeleteButton } from '@/ui/delete-button';
import { EmptyState, Fetched } from '@/ui/states';
import { TextSetting } from './text-setting';
import { useChanges, useWrite } from './write';

const must = { throwOnError: true } as const;

/** All tags, to be renamed, merged and deleted. */
export function TagsTab({ typed }: { typed: string }) {
  const { t } = useLingui();
  const all = useQuery(listTagsOptions());
  return (
    <Stack>
      <WhoSeesThem />
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
    </Stack>
  );
}

/** Whether employees see the tags of their tickets. */
function WhoSeesThem() {
  const { t } = useLingui();
  const client = useQueryClient();
  const settings = useQuery(getDeskSettingsOptions()).data;
  const write = useMutation({
    mutationFn: async (on: boolean) =>
      updateDeskSettings({
        body: { employee_tags: on },
        headers: settings && ifMatch(settings),
        ...must,
      }),
    onSuccess: (_, on) =>
      announce(on ? t`Employees see tags now` : t`Employees see no tags any more`),
    onError: (error) => announce(explain(error), 'bad'),
    onSettled: () => invalidate(client, 'getDeskSettings'),
  });
  return (
    <Switch
      label={t`Employees see the tags of their tickets`}
      description={t`On the ticket, in lists, in exports and in the search. They change none.`}
      checked={settings?.employee_tags ?? false}
      disabled={!settings || write.isPending}
      onChange={(event) => write.mutate(event.currentTarget.checked)}
    />
  );
}

function Row({ tag, all }: { tag: Tag; all: Tag[] }) {
  const { t } = useLingui();
  const write = useWrite();
  const { id, name } = tag;
  const options = (now: Tag) => ({ path: { id }, headers: ifMatch(now), ...must });
  const { shown, newest, change, remove } = useChanges(
    tag,
    (client) => client.getQueryData<ListTagsResponse>(listTagsQueryKey())?.tags,
    (now, body: TagName) => renameTag({ ...options(now), body }),
  );
  // It reaches all tickets at once, and nothing says afterwards which they were.
  const [target, setTarget] = useState<Tag | null>(null);
  const into = target?.name;
  return (
    <Group data-row>
      <TextSetting
        aria-label={t`Name of the tag ${name}`}
        value={shown.name}
        onSave={(next) => change(() => ({ name: next }))}
      />
      <Select
        aria-label={t`Merge ${name} into`}
        placeholder={t`Merge into…`}
        searchable
        data={all
          .filter((one) => one.id !== id)
          .map((one) => ({ value: String(one.id), label: one.name }))}
        value={null}
        onChange={(to) => setTarget(all.find((one) => String(one.id) === to) ?? null)}
        comboboxProps={{ transitionProps: { duration: 0 } }}
      />
      <DeleteButton
        name={name}
        title={t`Delete the tag ${name}?`}
        confirm={t`Delete tag`}
        onDelete={() => remove((now) => deleteTag(options(now)))}
      >
        <Trans>All tickets lose it. It cannot be undone.</Trans>
      </DeleteButton>
      {target && (
        <ConfirmDialog
          title={t`Merge ${name} into ${into}?`}
          confirm={t`Merge tags`}
          busy={write.isPending}
          error={null}
          onClose={() => setTarget(null)}
          onConfirm={() =>
            write.mutate(() => mergeTag({ ...options(newest()), body: { into: target.id } }), {
              onSettled: () => setTarget(null),
            })
          }
        >
          <Trans>
            Tickets with {name} get {into} instead. It cannot be undone.
          </Trans>
        </ConfirmDialog>
      )}
    </Group>
  );
}
