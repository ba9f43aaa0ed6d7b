import { Trans, useLingui } from '@lingui/react/macro';
import { Button, CloseButton, Progress } from '@mantine/core';
import { lazy, type ReactNode, Suspense, useEffect, useState } from 'react';
import type { BulkRun } from '@/lib/api';
import {
  allCommands,
  CommandButton,
  type Contexts,
  contexts,
  type Selection,
} from '@/lib/commands';
import classes from './bulk-bar.module.css';
import { cancelRun, dismissRun, forgetRuns, outcome, useRuns } from './bulk-runs';

const Results = lazy(() => import('./bulk-results').then((m) => ({ default: m.BulkResults })));

/** How far runs over many tickets are, and what became of them. */
export function BulkProgress() {
  const runs = useRuns();
  const [shown, setShown] = useState<BulkRun | null>(null);
  useEffect(() => forgetRuns, []); // Nothing of one person is shown to the next.
  return (
    <>
      {runs.map((run) => (
        <RunLine key={run.id} run={run} onShow={() => setShown(run)} />
      ))}
      {shown && (
        <Suspense>
          <Results run={shown} onClose={() => setShown(null)} />
        </Suspense>
      )}
    </>
  );
}

function RunLine({ run, onShow }: { run: BulkRun; onShow: () => void }) {
  const { t } = useLingui();
  const { total } = run;
  const dealt = run.done + run.failed + run.skipped;
  if (run.state === 'running') {
    return (
      <div className={classes.run}>
        <span className={classes.words}>
          {run.undo_of ? (
            <Trans>
              Undoing: {dealt} of {total}
            </Trans>
          ) : (
            <Trans>
              Changing tickets: {dealt} of {total}
            </Trans>
          )}
        </span>
        <Progress
          className={classes.progress}
          value={(100 * dealt) / total}
          aria-label={t`Progress`}
          transitionDuration={0}
        />
        {run.can.cancel && (
          <Button size="compact-sm" variant="default" onClick={() => void cancelRun(run)}>
            <Trans>Cancel</Trans>
          </Button>
        )}
      </div>
    );
  }
  return (
    <div className={classes.run} role="status">
      <span className={classes.words}>{outcome(run)}</span>
      <Button size="compact-sm" variant="default" onClick={onShow}>
        <Trans>Show why</Trans>
      </Button>
      <CloseButton size="sm" aria-label={t`Dismiss`} onClick={() => dismissRun(run.id)} />
    </div>
  );
}

interface SelectionBarProps {
  selection: Selection;
  /** What follows the number. */
  children?: ReactNode;
  onClear: () => void;
}

/** What can be done to the selected tickets: each command that has a form for many. */
export function SelectionBar({ selection, children, onClear }: SelectionBarProps) {
  const { t } = useLingui();
  const count = 'ids' in selection ? selection.ids.length : selection.count;
  const more = !('ids' in selection) && selection.more;
  const list = contexts().list;
  const on: Contexts = {
    ticket: undefined,
    list: list && { ...list, focused: () => true, selection: () => selection },
  };
  return (
    <section className={classes.bar} aria-label={t`Selected tickets`}>
      <span className={classes.count} role="status">
        {more ? <Trans>More than {count} selected</Trans> : <Trans>{count} selected</Trans>}
      </span>
      {children}
      {allCommands()
        .filter((command) => command.bulk)
        .map(({ id }) => (
          <CommandButton key={id} id={id} on={on} size="compact-sm" />
        ))}
      <CloseButton size="sm" aria-label={t`Clear the selection`} onClick={onClear} />
    </section>
  );
}
