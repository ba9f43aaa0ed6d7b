import { type ReactNode, useRef, useState } from 'react';
import { preferences } from '@/lib/storage';
import classes from './split.module.css';

interface SplitProps {
  /** Names the remembered width. */
  name: string;
  /** What the handle is for, for screen readers. */
  label: string;
  min: number;
  max: number;
  initial: number;
  start: ReactNode;
  /** Absent: the first pane has all the room. */
  end?: ReactNode;
}

/** How far an arrow key moves the border, in pixels. */
const step = 16;

/** Two panes side by side; the border between them moves by mouse and by arrow keys. */
export function Split({ name, label, min, max, initial, start, end }: SplitProps) {
  const key = `pane.${name}`;
  const clamp = (width: number) => Math.round(Math.min(max, Math.max(min, width)));
  const [width, setWidth] = useState(() => clamp(Number(preferences.get(key)) || initial));
  const box = useRef<HTMLDivElement>(null);
  const resize = (to: number) => {
    const next = clamp(to);
    setWidth(next);
    preferences.set(key, String(next));
  };
  const towards = () => (getComputedStyle(document.documentElement).direction === 'rtl' ? -1 : 1);
  return (
    <div
      ref={box}
      className={classes.split}
      data-open={!!end || undefined}
      style={{ '--fd-pane': `${width}px` } as React.CSSProperties}
    >
      <div className={classes.start}>{start}</div>
      {end && (
        <>
          <div
            role="separator"
            tabIndex={0}
            aria-label={label}
            aria-orientation="vertical"
            aria-valuenow={width}
            aria-valuemin={min}
            aria-valuemax={max}
            className={classes.handle}
            onKeyDown={(event) => {
              const move = { ArrowLeft: -step, ArrowRight: step }[event.key];
              if (move) resize(width + move * towards());
              else if (event.key === 'Home') resize(min);
              else if (event.key === 'End') resize(max);
              else return;
              event.preventDefault();
            }}
            onPointerDown={(event) => {
              event.preventDefault();
              event.currentTarget.setPointerCapture(event.pointerId);
            }}
            onPointerMove={(event) => {
              const area = box.current?.getBoundingClientRect();
              if (!area || !event.currentTarget.hasPointerCapture(event.pointerId)) return;
              resize(towards() > 0 ? event.clientX - area.left : area.right - event.clientX);
            }}
          />
          <div className={classes.end}>{end}</div>
        </>
      )}
    </div>
  );
}
