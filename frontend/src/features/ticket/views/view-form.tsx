import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Group, NativeSelect, Stack, Textarea, TextInput } from '@mantine/core';
import { isNotEmpty, useForm } from '@mantine/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { ViewCreate } from '@/lib/api';
import { useCan } from '@/lib/can';
import { focusFirstError, showServerErrors } from '@/lib/forms';
import { rescueFocus } from '@/lib/navigation';
import { announce } from '@/lib/status-line';
import { Dialog } from '@/ui/dialog';
import { FormError } from '@/ui/form-error';
import { columnsSaved, useColumns } from '../column-choice';
import { useQueueTitle } from '../queue-title';
import { defaultSort, type QueueSearch, queryText, type Sort } from '../search-params';
import { useSortOptions } from '../sort-labels';
import { saveView, useViews, type View } from './api';
import { askAboutViews } from './asked';
import { viewOf, viewSearch } from './links';

const close = () => {
  askAboutViews(null);
  rescueFocus();
};

/** Keeps what the list shows now, as a new view or in the place of the one that is shown. */
export function SaveView({ search }: { search: QueueSearch }) {
  const { t } = useLingui();
  const shown = viewOf(search, useViews());
  const title = useQueueTitle(search);
  const { stored } = useColumns(search);
  const current = shown?.can.update ? shown : undefined;
  return (
    <ViewForm
      title={t`Save view`}
      current={current}
      mayCopy
      initial={{
        name: current?.name ?? (shown || search.view ? title : ''),
        icon: shown?.icon ?? '',
        q: queryText(search),
        sort: search.sort ?? defaultSort,
        shared_with: current?.shared_with ?? '',
        columns: stored,
      }}
    />
  );
}

/** Changes a saved view, whatever the list shows. */
export function EditView({ id }: { id: number }) {
  const { t } = useLingui();
  const view = useViews().find((one) => one.id === id);
  if (!view) return null;
  const { name, icon, q, sort, columns } = view;
  return (
    <ViewForm
      title={t`Edit view`}
      current={view}
      initial={{ name, icon, q, sort: sort as Sort, columns, shared_with: view.shared_with ?? '' }}
    />
  );
}

type Values = {
  name: string;
  icon: string;
  q: string;
  sort: Sort;
  columns: string[];
  shared_with: string;
};

interface ViewFormProps {
  title: string;
  /** The view that is changed. */
  current?: View;
  /** Whether a view of its own can be made of it instead. */
  mayCopy?: boolean;
  initial: Values;
}

function ViewForm({ title, current, mayCopy, initial }: ViewFormProps) {
  const { t, i18n } = useLingui();
  const orders = useSortOptions(initial.sort, i18n, true);
  const client = useQueryClient();
  const navigate = useNavigate();
  const shares = useCan('view.share');
  const manages = useCan('view.manage');
  const form = useForm<Values>({
    initialValues: initial,
    validate: { name: isNotEmpty(t`Give it a name`) },
  });
  const save = useMutation({
    mutationFn: ({ values, over }: { values: Values; over?: View }) => {
      const body = { ...values, shared_with: values.shared_with || null } as ViewCreate;
      return saveView(client, body, over);
    },
    onSuccess: (view) => {
      announce(t`View “${view.name}” saved`);
      columnsSaved(view);
      close();
      if (mayCopy) void navigate({ to: '/tickets', search: viewSearch(view) });
    },
    onError: (error) => showServerErrors(form, error),
  });
  const submit = (over?: View) =>
    form.onSubmit((values) => save.mutate({ values, over }), focusFirstError);
  const audiences = [
    { value: '', label: t`Nobody else` },
    ...(shares || initial.shared_with === 'it_staff'
      ? [{ value: 'it_staff', label: t`IT staff and administrators` }]
      : []),
    ...(manages || initial.shared_with === 'employee'
      ? [{ value: 'employee', label: t`Employees` }]
      : []),
    ...(manages || initial.shared_with === 'admin'
      ? [{ value: 'admin', label: t`Administrators` }]
      : []),
  ];
  return (
    <Dialog title={title} size="lg" keep onClose={close}>
      <form noValidate onSubmit={submit(current)}>
        <Stack>
          <FormError error={save.error} shown={['name', 'icon', 'q', 'sort', 'shared_with']} />
          <Group align="flex-start" wrap="nowrap">
            <TextInput
              label={t`Name`}
              required
              data-autofocus
              maxLength={100}
              flex={1}
              {...form.getInputProps('name')}
            />
            <TextInput
              label={t`Emoji`}
              w={80}
              maxLength={16}
              autoComplete="off"
              {...form.getInputProps('icon')}
            />
          </Group>
          <Textarea
            label={t`Search`}
            description={t`As in the search box: words, status:open, assignee:me. “me” is whoever looks.`}
            autosize
            minRows={1}
            maxRows={6}
            spellCheck={false}
            {...form.getInputProps('q')}
          />
          <NativeSelect label={t`Sort`} data={orders} {...form.getInputProps('sort')} />
          {audiences.length > 1 && (
            <NativeSelect
              label={t`Share with`}
              data={audiences}
              {...form.getInputProps('shared_with')}
            />
          )}
          <Group>
            <Button type="submit" loading={save.isPending}>
              {current ? <Trans>Save changes</Trans> : <Trans>Save view</Trans>}
            </Button>
            {current && mayCopy && (
              <Button variant="default" disabled={save.isPending} onClick={() => submit()()}>
                <Trans>Save as a new view</Trans>
              </Button>
            )}
            <Button variant="default" onClick={close}>
              <Trans>Cancel</Trans>
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
