import { i18n } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Checkbox, Group, Stack, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { splitTicket, type TicketDetail, unsplitTicket } from '@/lib/api';
import { getTicketQueryKey } from '@/lib/api/@tanstack/react-query.gen';
import { contexts } from '@/lib/commands';
import { ifMatch } from '@/lib/etag';
import { fieldErrors } from '@/lib/problem';
import { offerUndo } from '@/lib/undo';
import { Dialog } from '@/ui/dialog';
import { FormError } from '@/ui/form-error';
import { personName } from '@/ui/person';
import { Fetched, SkeletonRows } from '@/ui/states';
import { useTicket } from '../api';
import { useNotes } from '../messages';
import classes from './depth.module.css';
import { refreshDepth } from './links';

const must = { throwOnError: true } as const;

/** Chooses what of a ticket becomes a new one. */
export function SplitDialog({ ticketId, onClose }: { ticketId: number; onClose: () => void }) {
  const { t } = useLingui();
  const query = useTicket(ticketId);
  return (
    <Dialog title={t`Split ticket #${ticketId} in two`} size="lg" keep onClose={onClose}>
      <Fetched query={query} skeleton={<SkeletonRows rows={3} height={40} />}>
        {(ticket) => <SplitForm ticket={ticket} onClose={onClose} />}
      </Fetched>
    </Dialog>
  );
}

function SplitForm({ ticket, onClose }: { ticket: TicketDetail; onClose: () => void }) {
  const { t } = useLingui();
  const client = useQueryClient();
  const notes = useNotes(ticket.id, true);
  const [title, setTitle] = useState('');
  const [chosen, setChosen] = useState<string[]>([]);
  const parts = [
    ...ticket.comments
      .filter(({ is_system_message }) => !is_system_message)
      .map(({ id, author, content, created_at: at }) => ({ key: `c${id}`, author, content, at })),
    ...(notes.data ?? []).map(({ id, author, content, created_at: at }) => ({
      key: `n${id}`,
      author,
      content,
      at,
    })),
  ].sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  const ids = (kind: string) =>
    chosen.filter((key) => key.startsWith(kind)).map((key) => Number(key.slice(1)));
  const split = useMutation({
    mutationFn: async () => {
      const { data } = await splitTicket({
        path: { id: ticket.id },
        headers: ifMatch(ticket),
        body: { title, comment_ids: ids('c'), note_ids: ids('n') },
        ...must,
      });
      return data as TicketDetail;
    },
    onSuccess: (made) => {
      client.setQueryData(getTicketQueryKey({ path: { id: made.id } }), made);
      refreshDepth(client);
      onClose();
      const go = (id: number) =>
        contexts().global?.go({ to: '/tickets/$ticketId', params: { ticketId: String(id) } });
      go(made.id);
      offerUndo({
        message: i18n._(msg`#${ticket.id}: A part is ticket #${made.id} now`),
        undo: async () => {
          await unsplitTicket({ path: { id: made.id }, ...must });
          refreshDepth(client);
          go(ticket.id);
        },
      });
    },
  });
  const errors = split.error ? fieldErrors(split.error) : {};
  if (parts.length === 0) {
    return (
      <p>
        <Trans>Nobody has written anything that could become a ticket of its own.</Trans>
      </p>
    );
  }
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        split.mutate();
      }}
    >
      <Stack gap="md">
        <FormError error={split.error} shown={['title', 'comment_ids']} />
        <TextInput
          label={t`Title of the new ticket`}
          required
          data-autofocus
          autoComplete="off"
          maxLength={200}
          value={title}
          error={errors.title}
          onChange={(event) => setTitle(event.currentTarget.value)}
        />
        <Checkbox.Group
          label={t`What goes there`}
          error={errors.comment_ids}
          value={chosen}
          onChange={setChosen}
        >
          <Stack gap="xs" mt="xs" className={classes.parts}>
            {parts.map(({ key, author, content }) => (
              <Checkbox
                key={key}
                value={key}
                label={
                  <>
                    <strong>{personName(author)}</strong>
                    {key.startsWith('n') && (
                      <>
                        {' '}
                        <Trans>(internal note)</Trans>
                      </>
                    )}
                    : <bdi>{content.length > 160 ? `${content.slice(0, 160)}…` : content}</bdi>
                  </>
                }
              />
            ))}
          </Stack>
        </Checkbox.Group>
        <Group>
          <Button
            type="submit"
            loading={split.isPending}
            disabled={!title.trim() || chosen.length === 0}
          >
            <Trans>Split the ticket</Trans>
          </Button>
          <Button variant="default" onClick={onClose}>
            <Trans>Cancel</Trans>
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
