import { logout } from '@/lib/api';
import { unsubscribePush } from './notify/push';
import { currentOutbox, openOutbox } from './offline/state';
import { endSession } from './session';

/**
 * Ends the session here even when the server cannot be told: the person asked for
 * it. With writes that were not sent yet, it asks first: they would be lost.
 */
export async function signOut(anyway = false): Promise<void> {
  if (!anyway && currentOutbox().entries.length > 0) return openOutbox('leaving');
  // Whoever uses this browser next reads nothing of this person's.
  await unsubscribePush();
  await logout().catch(() => {});
  endSession(true);
}
