import { startTransition, useEffect, useState } from 'react';

/** Calls back when the next frame has been painted; returns how to withdraw it. */
function afterPaint(act: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const frame = requestAnimationFrame(() => {
    timer = setTimeout(() => startTransition(act));
  });
  return () => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
  };
}

/**
 * False while a component is first painted, true a moment later: what is not
 * seen at once is built when what is seen is on the screen.
 */
export function useAfterPaint(): boolean {
  const [painted, setPainted] = useState(false);
  useEffect(() => afterPaint(() => setPainted(true)), []);
  return painted;
}

/** Follows `on`: from the beginning and downwards at once, upwards when the change has been painted. */
export function useOnceShown(on: boolean): boolean {
  const [shown, setShown] = useState(on);
  useEffect(() => {
    if (on) return afterPaint(() => setShown(true));
    setShown(false);
  }, [on]);
  return on && shown;
}
