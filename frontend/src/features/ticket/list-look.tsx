import { lazy, Suspense, useState } from 'react';
import { CommandButton, useCommandContext } from '@/lib/commands';
import { toggleExactTimes } from './column-choice';
import type { QueueSearch } from './search-params';

const ChooseColumns = lazy(() =>
  import('./choose-columns').then((m) => ({ default: m.ChooseColumns })),
);

/** Which columns the list has and how it shows times; offers the commands while the list is there. */
export function ListLook({ search, brief }: { search: QueueSearch; brief?: boolean }) {
  const [open, setOpen] = useState(false);
  const [context] = useState(() => ({
    choose: () => setOpen(true),
    toggleTimes: toggleExactTimes,
  }));
  useCommandContext('columns', context);
  return (
    <>
      <CommandButton id="list.columns" iconOnly />
      {!brief && <CommandButton id="list.times" iconOnly />}
      {open && (
        <Suspense fallback={null}>
          <ChooseColumns brief={brief} search={search} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}
