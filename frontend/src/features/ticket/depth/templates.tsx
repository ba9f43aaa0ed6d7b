import { i18n } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Checkbox, Group, Select, Stack, Textarea, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import {
  createTemplate,
  deleteTemplate,
  restoreTemplate,
  type Template,
  type TemplateSave,
  updateTemplate,
} from '@/lib/api';
import { listTemplatesOptions } from '@/lib/api/@tanstack/react-query.gen';
import { useCan } from '@/lib/can';
import { ifMatch } from '@/lib/etag';
import { inUse } from '@/lib/in-use';
import { explain } from '@/lib/problem';
import { invalidate } from '@/lib/query';
import { announce } from '@/lib/status-line';
import { offerUndo } from '@/lib/undo';
import { Dialog } from '@/ui/dialog';
import { FormError } from '@/ui/form-error';

const must = { throwOnError: true } as const;

interface TemplatesProps {
  chosen: Template | null;
  /** What the form says now, to be kept as a template. */
  now: () => Omit<TemplateSave, 'name'>;
  onPick: (template: Template | null) => void;
}

/** Begins a ticket with a template, and keeps templates. */
export function Templates({ chosen, now, onPick }: TemplatesProps) {
  const { t } = useLingui();
  const client = useQueryClient();
  const works = useCan('ticket.work');
  const [editing, setEditing] = useState<'new' | 'chosen' | null>(null);
  const query = useQuery(listTemplatesOptions());
  const all = query.data?.results ?? [];
  const remove = useMutation({
    mutationFn: (one: Template) =>
      deleteTemplate({ path: { id: one.id }, headers: ifMatch(one), ...must }),
    onSuccess: (_, one) => {
      onPick(null);
      const { id, name } = one;
      offerUndo({
        message: i18n._(msg`Template “${name}” deleted`),
        undo: async () => {
          const { data } = await restoreTemplate({ path: { id }, ...must });
          await invalidate(client, 'listTemplates');
          onPick(data);
        },
      });
    },
    onError: (error) => announce(inUse(error) ?? explain(error), 'bad'),
    onSettled: () => invalidate(client, 'listTemplates'),
  });
  if (all.length === 0 && !works) return null;
  return (
    <Stack gap="xs">
      {all.length > 0 && (
        <Select
          label={t`Begin with a template`}
          placeholder={t`None`}
          clearable
          clearButtonProps={{ 'aria-label': t`Clear` }}
          searchable
          data={all.map(({ id, name }) => ({ value: String(id), label: name }))}
          value={chosen ? String(chosen.id) : null}
          onChange={(id) => onPick(all.find((one) => String(one.id) === id) ?? null)}
          comboboxProps={{ transitionProps: { duration: 0 } }}
        />
      )}
      {works && (
        <Group gap="xs">
          <Button size="compact-sm" variant="default" onClick={() => setEditing('new')}>
            <Trans>Keep this form as a template</Trans>
          </Button>
          {chosen?.can.update && (
            <>
              <Button size="compact-sm" variant="default" onClick={() => setEditing('chosen')}>
                <Trans>Change the template</Trans>
              </Button>
              <Button
                size="compact-sm"
                variant="default"
                loading={remove.isPending}
                onClick={() => remove.mutate(chosen)}
              >
                <Trans>Delete the template</Trans>
              </Button>
            </>
          )}
        </Group>
      )}
      {editing && (
        <TemplateDialog
          template={editing === 'chosen' ? chosen : null}
          now={now}
          onClose={() => setEditing(null)}
          onSaved={onPick}
        />
      )}
    </Stack>
  );
}

function TemplateDialog(props: {
  template: Template | null;
  now: TemplatesProps['now'];
  onClose: () => void;
  onSaved: (template: Template) => void;
}) {
  const { t } = useLingui();
  const client = useQueryClient();
  const configures = useCan('desk.configure');
  const { template, now, onClose, onSaved } = props;
  const [name, setName] = useState(template?.name ?? '');
  const [shared, setShared] = useState(template?.shared ?? false);
  const [offered, setOffered] = useState(template?.for_employees ?? false);
  const [list, setList] = useState((template?.checklist ?? []).join('\n'));
  const save = useMutation({
    mutationFn: async () => {
      const checklist = list
        .split('\n')
        .map((line) => line.trim())
        .filter(Boolean);
      const offer = configures ? { for_employees: offered } : {};
      const body = { ...now(), name, shared, checklist, ...offer };
      if (!template) return (await createTemplate({ body, ...must })).data;
      const headers = ifMatch(template);
      return (await updateTemplate({ path: { id: template.id }, headers, body, ...must })).data;
    },
    onSuccess: (made) => {
      void invalidate(client, 'listTemplates').then(() => onSaved(made));
      announce(t`Template saved`);
      onClose();
    },
  });
  return (
    <Dialog title={template ? t`Change the template` : t`New template`} keep onClose={onClose}>
      <Stack gap="md">
        <FormError error={save.error} shown={[]} />
        <TextInput
          label={t`Name`}
          required
          data-autofocus
          autoComplete="off"
          maxLength={100}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Textarea
          label={t`Checklist: one item per line`}
          autosize
          minRows={2}
          maxRows={8}
          value={list}
          onChange={(event) => setList(event.currentTarget.value)}
        />
        <Checkbox
          label={t`For all IT staff`}
          checked={shared}
          onChange={(event) => setShared(event.currentTarget.checked)}
        />
        {configures && (
          <Checkbox
            label={t`Offered to employees, too`}
            checked={offered}
            onChange={(event) => setOffered(event.currentTarget.checked)}
          />
        )}
        <Group>
          <Button loading={save.isPending} disabled={!name.trim()} onClick={() => save.mutate()}>
            <Trans>Save</Trans>
          </Button>
          <Button variant="default" onClick={onClose}>
            <Trans>Cancel</Trans>
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
