import { useSyncExternalStore } from 'react';
import { preferences } from '../storage';
import { subscribePush, unsubscribePush } from './push';

/** Whether this browser shows notifications: off, on, forbidden by its owner, or not able to. */
export type NotifyState = 'off' | 'on' | 'denied' | 'unsupported';

const listeners = new Set<() => void>();
const tell = () => {
  for (const listener of listeners) listener();
};

export function notifyState(): NotifyState {
  // Browsers have them on HTTPS and localhost only.
  if (typeof Notification === 'undefined' || !isSecureContext) return 'unsupported';
  if (Notification.permission === 'denied') return 'denied';
  const on = Notification.permission === 'granted' && preferences.get('notifications') === 'on';
  return on ? 'on' : 'off';
}

/** Asks the browser for its permission; only after somebody has asked for notifications. */
export async function switchNotifications(on: boolean): Promise<NotifyState> {
  if (!on) {
    preferences.set('notifications', null);
    await unsubscribePush();
  } else if ((await Notification.requestPermission()) === 'granted') {
    preferences.set('notifications', 'on');
    void subscribePush();
  }
  tell();
  return notifyState();
}

export function useNotifyState(): NotifyState {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, notifyState);
}
