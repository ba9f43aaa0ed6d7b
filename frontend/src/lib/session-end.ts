import { logout } from '@/lib/api';
import { endSession } from './session';

/** Ends the session here even when the server cannot be told: the person asked for it. */
export async function signOut(): Promise<void> {
  await logout().catch(() => {});
  endSession(true);
}
