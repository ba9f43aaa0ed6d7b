import { preferences } from './storage';

/** How strongly texts and borders stand out; `auto` follows the system. */
export type Contrast = 'auto' | 'normal' | 'more';

/** The choice of this browser. public/color-scheme.js applies it before the first paint. */
export function chosenContrast(): Contrast {
  const chosen = preferences.get('contrast');
  return chosen === 'normal' || chosen === 'more' ? chosen : 'auto';
}

/** Remembers the choice and applies it. */
export function chooseContrast(contrast: Contrast): void {
  preferences.set('contrast', contrast === 'auto' ? null : contrast);
  const system = matchMedia('(prefers-contrast: more)').matches ? 'more' : 'normal';
  document.documentElement.dataset.contrast = contrast === 'auto' ? system : contrast;
}
