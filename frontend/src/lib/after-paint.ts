import { createContext, startTransition, use, useEffect, useState } from 'react';

/** Calls back when the next frame has been painted; returns how to withdraw it. */
function afterPaint(act: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const frame = requestAnimationFrame(() => {
    timer = setTimeout(act);
  });
  return () => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
  };
}

/** Waits until what was just changed has been painted; not at all where nothing is painted. */
export function painted(): Promise<void> {
  if (document.visibilityState === 'hidden') return Promise.resolve();
  return new Promise((done) => {
    // A window that is covered may paint nothing for long.
    const late = setTimeout(done, 100);
    afterPaint(() => {
      clearTimeout(late);
      done();
    });
  });
}

/** What is in it is built before it is to be seen, when there is time for all of it. */
export const BuiltAhead = createContext(false);

/**
 * False while a component is first painted, true a moment later: what is not
 * seen at once is built when what is seen is on the screen. True from the
 * beginning in what is built ahead.
 */
export function useAfterPaint(): boolean {
  const [painted, setPainted] = useState(use(BuiltAhead));
  useEffect(() => {
    if (!painted) return afterPaint(() => startTransition(() => setPainted(true)));
  }, [painted]);
  return painted;
}

/** Follows `on`: from the beginning and downwards at once, upwards when the change has been painted. */
export function useOnceShown(on: boolean): boolean {
  const [shown, setShown] = useState(on);
  useEffect(() => {
    if (on) return afterPaint(() => startTransition(() => setShown(true)));
    setShown(false);
  }, [on]);
  return on && shown;
}
