import { useSyncExternalStore } from 'react';
import { preferences } from './storage';

const listeners = new Set<() => void>();

/** Whether single keys act; people who dictate or type with a switch turn them off (WCAG 2.1.4). */
export function singleKeysAreOn(): boolean {
  return preferences.get('single-keys') !== 'off';
}

export function useSingleKeys(): [boolean, (on: boolean) => void] {
  const on = useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, singleKeysAreOn);
  const setOn = (next: boolean) => {
    preferences.set('single-keys', next ? null : 'off');
    for (const listener of listeners) listener();
  };
  return [on, setOn];
}
