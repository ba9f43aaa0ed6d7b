import { currentSession } from '../session';
import { preferences } from '../storage';

/** A draft that did not reach the server yet; it has to survive a reload. */
export interface UnsavedText {
  title: string;
  content: string;
}

const prefix = (user: number) => `fixdesk.unsaved.${user}.`;

function keyOf(name: string): string | null {
  const session = currentSession();
  return session.status === 'signed-in' ? `unsaved.${session.user.id}.${name}` : null;
}

/** Keeps the text of a draft in this browser; null when the server has it. */
export function keepUnsaved(name: string, text: UnsavedText | null): void {
  const key = keyOf(name);
  if (key) preferences.set(key, text && JSON.stringify(text));
}

export function unsaved(name: string): UnsavedText | null {
  const key = keyOf(name);
  const text = key && preferences.get(key);
  if (!text) return null;
  try {
    const { title, content } = JSON.parse(text) as UnsavedText;
    return { title: String(title), content: String(content) };
  } catch {
    return null;
  }
}

/** Nothing of one person stays for the next. */
export function forgetUnsaved(user: number): void {
  try {
    for (const key of Object.keys(localStorage)) {
      if (key.startsWith(prefix(user))) localStorage.removeItem(key);
    }
  } catch {
    // Without storage nothing was kept.
  }
}
