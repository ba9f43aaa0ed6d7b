import { Trans, useLingui } from '@lingui/react/macro';
import { IconX } from '@tabler/icons-react';
import { useEffect, useRef } from 'react';
import { BulkProgress } from '@/features/ticket';
import { useCommandContext } from '@/lib/commands';
import { rescueFocus } from '@/lib/navigation';
import { useSingleKeys } from '@/lib/shortcuts';
import {
  clearUndo,
  dismissUndo,
  pauseUndo,
  resumeUndo,
  runUndo,
  type UndoOffer,
  useUndoOffers,
  useUndoPaused,
} from '@/lib/undo';
import classes from './undo-bar.module.css';

const context = { run: () => void runUndo() };

/** What was just done and can be taken back; the countdown waits while one looks at it. */
export function UndoBar() {
  const { t } = useLingui();
  const offers = useUndoOffers();
  const paused = useUndoPaused();
  const ref = useRef<HTMLElement>(null);
  useCommandContext('undo', offers.some((offer) => !offer.running) ? context : null);
  useEffect(() => clearUndo, []); // Nothing of one person is offered to the next.
  useEffect(() => {
    // An offer that goes takes the focus or the pointer with it, without an event.
    const bar = ref.current;
    const looked = bar && (bar.matches(':hover') || bar.contains(document.activeElement));
    if (paused && offers.length > 0 && !looked) resumeUndo();
  }, [offers, paused]);
  const leave = () => {
    if (!ref.current?.contains(document.activeElement)) resumeUndo();
  };
  return (
    <section
      ref={ref}
      className={classes.bar}
      aria-label={offers.length > 0 ? t`Just done` : undefined}
      onMouseEnter={pauseUndo}
      onMouseLeave={leave}
      onFocus={pauseUndo}
      onBlur={(event) => {
        if (!ref.current?.contains(event.relatedTarget)) resumeUndo();
      }}
    >
      {offers.map((offer, at) => (
        <Offer key={offer.id} offer={offer} newest={at === 0} paused={paused} />
      ))}
      <BulkProgress />
      <Announcer text={offers[0]?.message ?? ''} />
    </section>
  );
}

/** Read aloud politely; what is seen has buttons that would be read with it. */
function Announcer({ text }: { text: string }) {
  return (
    <div role="status" className={classes.spoken}>
      {text && <Trans>{text}. You can undo this.</Trans>}
    </div>
  );
}

function Offer({ offer, newest, paused }: { offer: UndoOffer; newest: boolean; paused: boolean }) {
  const { t } = useLingui();
  const [singleKeys] = useSingleKeys();
  const { id, message, running } = offer;
  return (
    <div className={classes.offer}>
      <span className={classes.message}>{message}</span>
      {/* Plain buttons: they are painted within the frame of the change itself. */}
      <button
        type="button"
        className={classes.undo}
        disabled={running}
        onClick={() => void runUndo(id).then(() => rescueFocus())}
      >
        <Trans>Undo</Trans>
        {newest && singleKeys && <kbd aria-hidden>u</kbd>}
      </button>
      <button
        type="button"
        className={classes.dismiss}
        aria-label={t`Dismiss`}
        onClick={() => {
          dismissUndo(id);
          rescueFocus();
        }}
      >
        <IconX size={16} aria-hidden />
      </button>
      <span
        className={classes.rest}
        aria-hidden
        style={{
          animationDuration: `${offer.seconds}s`,
          animationPlayState: paused || running ? 'paused' : 'running',
        }}
      />
    </div>
  );
}
