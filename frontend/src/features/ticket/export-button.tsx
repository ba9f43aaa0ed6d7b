import { lazy, Suspense, useState } from 'react';
import { CommandButton, useCommandContext } from '@/lib/commands';
import type { QueueSearch } from './search-params';

const ExportDialog = lazy(() =>
  import('./export-dialog').then((m) => ({ default: m.ExportDialog })),
);

/** Exports the list that is shown; offers the command while the list is there. */
export function ExportButton({ search }: { search: QueueSearch }) {
  const [open, setOpen] = useState(false);
  const [context] = useState(() => ({ open: () => setOpen(true) }));
  useCommandContext('exports', context);
  return (
    <>
      <CommandButton id="list.export" iconOnly />
      {open && (
        <Suspense fallback={null}>
          <ExportDialog search={search} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}
