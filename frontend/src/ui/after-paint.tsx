import type { ReactNode } from 'react';
import { useAfterPaint } from '@/lib/after-paint';

/** Shows what is beside the point a moment after the rest is on the screen. */
export function AfterPaint({ children }: { children: ReactNode }) {
  return useAfterPaint() ? children : null;
}
