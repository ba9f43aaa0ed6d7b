import { useEffect, useRef, useSyncExternalStore } from 'react';
import { preferences } from './storage';

const listeners = new Set<() => void>();
const isOn = () => preferences.get('single-keys') !== 'off';

/** Whether single keys act; people who dictate or type with a switch turn them off (WCAG 2.1.4). */
export function useSingleKeys(): [boolean, (on: boolean) => void] {
  const on = useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, isOn);
  const setOn = (next: boolean) => {
    preferences.set('single-keys', next ? null : 'off');
    for (const listener of listeners) listener();
  };
  return [on, setOn];
}

function typing(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}

/** Runs an action when its single key is pressed outside of fields and dialogs. */
export function useShortcut(key: string, action: () => void): void {
  const latest = useRef(action);
  latest.current = action;
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== key || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.defaultPrevented || typing(event.target) || !isOn()) return;
      if (document.querySelector('[role="dialog"]')) return;
      event.preventDefault();
      latest.current();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [key]);
}
