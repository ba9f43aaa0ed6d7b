import { i18n } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Checkbox, Group, Stack, Textarea } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { addChecklist, deleteChecklistItem } from '@/lib/api';
import { offerUndo } from '@/lib/undo';
import { Dialog } from '@/ui/dialog';
import { FormError } from '@/ui/form-error';
import { linesOf, refreshChecklist } from './checklist';

const must = { throwOnError: true } as const;

/** Adds to the checklist of a ticket from anywhere. */
export function ChecklistDialog({ ticketId, onClose }: { ticketId: number; onClose: () => void }) {
  const { t } = useLingui();
  const client = useQueryClient();
  const [text, setText] = useState('');
  const [required, setRequired] = useState(false);
  const add = useMutation({
    mutationFn: async (items: string[]) =>
      (await addChecklist({ path: { id: ticketId }, body: { items, required }, ...must })).data
        .results,
    onSuccess: (list, items) => {
      const made = list.slice(-items.length);
      onClose();
      offerUndo({
        message: i18n._(msg`Added to the checklist of ticket #${ticketId}`),
        undo: async () => {
          for (const { id } of made) await deleteChecklistItem({ path: { id }, ...must });
          await refreshChecklist(client);
        },
      });
    },
    onSettled: () => refreshChecklist(client),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const lines = linesOf(text);
    if (lines.length > 0) add.mutate(lines);
  };
  return (
    <Dialog title={t`Add to the checklist of ticket #${ticketId}`} keep onClose={onClose}>
      <form onSubmit={submit}>
        <Stack>
          <FormError error={add.error} shown={[]} />
          <Textarea
            label={t`One item per line`}
            data-autofocus
            autosize
            minRows={2}
            maxRows={10}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) submit(event);
            }}
          />
          <Checkbox
            label={t`Required before resolving`}
            checked={required}
            onChange={(event) => setRequired(event.currentTarget.checked)}
          />
          <Group>
            <Button type="submit" loading={add.isPending} disabled={linesOf(text).length === 0}>
              <Trans>Add</Trans>
            </Button>
            <Button variant="default" onClick={onClose}>
              <Trans>Cancel</Trans>
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
