import { lazy, Suspense } from 'react';
import { type Question, stopAsking } from '../actions/ask';
import { LinkPicker, MergePicker } from './link-pickers';
import { DuePicker, SnoozePicker } from './when-pickers';

const ChecklistDialog = lazy(() =>
  import('./checklist-dialog').then((m) => ({ default: m.ChecklistDialog })),
);
const SplitDialog = lazy(() => import('./split-dialog').then((m) => ({ default: m.SplitDialog })));

/** What the rarer commands ask. */
export function DepthPickers({ question }: { question: Question }) {
  const { about, target } = question;
  if (about === 'merge') return <MergePicker question={question} />;
  if (about === 'link') return <LinkPicker question={question} />;
  if (about === 'snooze') return <SnoozePicker question={question} />;
  if (about === 'due') return <DuePicker question={question} />;
  if (about === 'checklist' && target.ticket) {
    return (
      <Suspense>
        <ChecklistDialog ticketId={target.ticket.id} onClose={stopAsking} />
      </Suspense>
    );
  }
  if (about === 'split' && target.ticket) {
    return (
      <Suspense>
        <SplitDialog ticketId={target.ticket.id} onClose={stopAsking} />
      </Suspense>
    );
  }
  return null;
}
