import { Trans, useLingui } from '@lingui/react/macro';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { TicketDetail } from '@/lib/api';
import { asApiError } from '@/lib/problem';
import { announce } from '@/lib/status-line';
import { ConfirmDialog } from '@/ui/confirm-dialog';
import { useDeleteTicket } from './api';
import { lastQueue } from './last-queue';

/** Deleting cannot be undone, therefore the number has to be typed. */
export function DeleteTicket({ ticket, onClose }: { ticket: TicketDetail; onClose: () => void }) {
  const { t } = useLingui();
  const navigate = useNavigate();
  const remove = useDeleteTicket();
  // A live change of the ticket must not slip under the decision.
  const [base] = useState(ticket);
  const { id, title } = ticket;
  const changed = !!remove.error && asApiError(remove.error).status === 412;
  return (
    <ConfirmDialog
      title={t`Delete ticket #${id}?`}
      confirm={t`Delete ticket`}
      typed={String(id)}
      busy={remove.isPending}
      error={remove.error}
      onClose={onClose}
      onConfirm={() =>
        remove.mutate(changed ? ticket : base, {
          onSuccess: () => {
            announce(t`Ticket #${id} deleted`);
            void navigate({ to: '/tickets', search: lastQueue() });
          },
        })
      }
    >
      <Trans>
        “{title}” and its conversation will be gone for everybody. This cannot be undone.
      </Trans>
    </ConfirmDialog>
  );
}
