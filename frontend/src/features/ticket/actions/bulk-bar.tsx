import { Trans, useLingui } from '@lingui/react/macro';
import { Button, CloseButton, Progress } from '@mantine/core';
import {
  type FocusEvent,
  lazy,
  type ReactNode,
  Suspense,
  useEffect,
  useId,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import { flushSync } from 'react-dom';
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

/** The height of a line of buttons in pixels, with the gap below it. */
const lineHeight = 32;

interface SelectionBarProps {
  selection: Selection;
  /** What follows the number. */
  children?: ReactNode;
  onClear: () => void;
}

/**
 * What can be done to the selected tickets: each command that has a form for many. It lies over
 * the head of the list, so that no row moves while one selects, in one line until one asks for more.
 */
export function SelectionBar({ selection, children, onClear }: SelectionBarProps) {
  const { t } = useLingui();
  const count = 'ids' in selection ? selection.ids.length : selection.count;
  const more = !('ids' in selection) && selection.more;
  const id = useId();
  const list = contexts().list;
  const on: Contexts = {
    ticket: undefined,
    list: list && { ...list, focused: () => true, selection: () => selection },
  };
  const line = useRef<HTMLDivElement>(null);
  const [wide, setWide] = useState(false);
  const [cut, setCut] = useState(false);
  useLayoutEffect(() => {
    const commands = line.current;
    if (!commands) return;
    const measure = () => setCut(commands.scrollHeight > lineHeight * 1.5);
    const resized = new ResizeObserver(measure);
    resized.observe(commands);
    measure();
    return () => resized.disconnect();
  }, []);
  const toggle = useRef<HTMLButtonElement>(null);
  /** Whoever comes by the keyboard to what is cut away sees all of it. */
  const reveal = ({ target }: FocusEvent<HTMLElement>) => {
    if (target.offsetTop >= lineHeight && target.matches(':focus-visible')) setWide(true);
  };
  const ends = (
    <>
      {(cut || wide) && (
        <Button
          ref={toggle}
          size="compact-sm"
          variant="default"
          aria-expanded={wide}
          aria-controls={id}
          onClick={() => {
            line.current?.scrollTo(0, 0);
            flushSync(() => setWide(!wide));
            toggle.current?.focus();
          }}
        >
          {wide ? <Trans>Fewer</Trans> : <Trans>More</Trans>}
        </Button>
      )}
      <CloseButton size="sm" aria-label={t`Clear the selection`} onClick={onClear} />
    </>
  );
  return (
    <section className={classes.bar} aria-label={t`Selected tickets`}>
      <span className={classes.count} role="status">
        {more ? <Trans>More than {count} selected</Trans> : <Trans>{count} selected</Trans>}
      </span>
      {/* Tab goes as one reads. The commands stay the same elements: one of them may have the focus. */}
      {wide && ends}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: it only shows what already has the focus */}
      <div
        ref={line}
        id={id}
        className={classes.commands}
        data-wide={wide || undefined}
        onFocus={reveal}
      >
        {children}
        {allCommands()
          .filter((command) => command.bulk)
          .map((command) => (
            <CommandButton key={command.id} id={command.id} on={on} size="compact-sm" />
          ))}
      </div>
      {!wide && ends}
    </section>
  );
}
