import { useState } from 'react';
import { preferences } from '@/lib/storage';
import classes from './pane-border.module.css';

interface PaneOptions {
  /** Names the remembered width. */
  name: string;
  /** Pixels. */
  min: number;
  max: number;
  initial: number;
}

/** The width of a pane in pixels, remembered, and how to change it within its limits. */
export function usePaneWidth({ name, min, max, initial }: PaneOptions) {
  const key = `pane.${name}`;
  const clamp = (width: number) => Math.round(Math.min(max, Math.max(min, width)));
  const [width, setWidth] = useState(() => clamp(Number(preferences.get(key)) || initial));
  const resize = (to: number) => {
    const next = clamp(to);
    setWidth(next);
    preferences.set(key, String(next));
  };
  return { width, min, max, resize };
}

interface PaneBorderProps {
  pane: ReturnType<typeof usePaneWidth>;
  /** What it is for, for screen readers. */
  label: string;
  className?: string;
}

/** How far an arrow key moves the border, in pixels. */
const step = 16;

const towards = () => (getComputedStyle(document.documentElement).direction === 'rtl' ? -1 : 1);

/** The border behind a pane: it moves by mouse and by arrow keys. */
export function PaneBorder({ pane, label, className = '' }: PaneBorderProps) {
  const { width, min, max, resize } = pane;
  return (
    <div
      role="separator"
      tabIndex={0}
      aria-label={label}
      aria-orientation="vertical"
      aria-valuenow={width}
      aria-valuemin={min}
      aria-valuemax={max}
      className={`${classes.border} ${className}`}
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
        if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
        const area = event.currentTarget.parentElement?.getBoundingClientRect();
        if (!area) return;
        resize(towards() > 0 ? event.clientX - area.left : area.right - event.clientX);
      }}
    />
  );
}
