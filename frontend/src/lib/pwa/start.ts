import { registerSW } from 'virtual:pwa-register';
import { offerUpdate } from './update';

/** Milliseconds between two looks for a new version, in windows that stay open for days. */
const lookEvery = 60 * 60_000;
/** Milliseconds after the start: the first page comes first. */
const quiet = 3000;

/** Keeps the code of the app in the browser, so that it opens without a network. */
export function startPwa(): void {
  if (!('serviceWorker' in navigator)) return; // Plain HTTP.
  setTimeout(() => {
    const update = registerSW({
      immediate: true,
      onNeedRefresh: () => offerUpdate(() => void update(true)),
      onRegisteredSW: (_url, registration) => {
        if (registration) setInterval(() => void registration.update().catch(() => {}), lookEvery);
      },
    });
  }, quiet);
}
