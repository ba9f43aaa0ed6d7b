import { createPushSubscription, getPushKey } from '@/lib/api';

function bytes(base64url: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64url.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(text, (one) => one.charCodeAt(0));
}

const worker = () => navigator.serviceWorker?.getRegistration().catch(() => undefined);

/** This browser's name for a list of devices. */
function deviceName(): string {
  const agent = navigator.userAgent;
  const browser = /(Edg|Firefox|Chrome|Safari)/.exec(agent)?.[1] ?? '';
  const system = /(Android|iPhone|iPad|Windows|Mac OS X|Linux)/.exec(agent)?.[1] ?? '';
  return `${browser} ${system}`.trim();
}

/** Lets the desk push to this browser; false where the browser or its network cannot. */
export async function subscribePush(): Promise<boolean> {
  const registration = await worker();
  if (!registration?.pushManager) return false;
  try {
    const { data } = await getPushKey({ throwOnError: true });
    const key = bytes(data.key);
    const old = await registration.pushManager.getSubscription();
    const known = old?.options.applicationServerKey;
    const same = known && new Uint8Array(known).join() === key.join();
    if (old && !same) await old.unsubscribe();
    const options = { userVisibleOnly: true, applicationServerKey: key };
    const made = (same && old) || (await registration.pushManager.subscribe(options));
    const { endpoint, keys } = made.toJSON();
    if (!endpoint || !keys?.p256dh || !keys.auth) return false;
    const { p256dh, auth } = keys;
    const body = { endpoint, p256dh, auth, device: deviceName() };
    await createPushSubscription({ body, throwOnError: true });
    return true;
  } catch {
    return false; // Then this browser tells only while a tab is open.
  }
}

/** Ends the push to this browser; the desk learns of it when it next tries. */
export async function unsubscribePush(): Promise<void> {
  const registration = await worker();
  const made = await registration?.pushManager?.getSubscription().catch(() => null);
  await made?.unsubscribe().catch(() => false);
}

/** Whether pushes come to this browser; then its tabs need not tell the same. */
export async function isPushed(): Promise<boolean> {
  const registration = await worker();
  return !!(await registration?.pushManager?.getSubscription().catch(() => null));
}
