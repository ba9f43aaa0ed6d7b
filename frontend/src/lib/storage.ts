/** Small preferences that survive a reload. Never tokens; storage may be blocked. */
export const preferences = {
  get(key: string): string | null {
    try {
      return localStorage.getItem(`fixdesk.${key}`);
    } catch {
      return null;
    }
  },
  set(key: string, value: string | null): void {
    try {
      if (value === null) localStorage.removeItem(`fixdesk.${key}`);
      else localStorage.setItem(`fixdesk.${key}`, value);
    } catch {
      // Without storage the preference lasts until the page is closed.
    }
  },
};
