import { useEffect, useRef } from 'react';

let pending = false;

/** The router calls this when another page is about to come: its heading takes the focus. */
export function expectHeading(): void {
  pending = true;
}

/** Focuses the heading of a page that was navigated to, but not of the very first one. */
export function useHeadingFocus() {
  const ref = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (!pending) return;
    pending = false;
    // Whoever types already, into the search at the top, goes on typing.
    if (document.activeElement?.matches('input, textarea, [contenteditable="true"]')) return;
    ref.current?.focus({ preventScroll: true });
  }, []);
  return ref;
}

/**
 * Gives the focus a place again when what had it went away: where `home` puts it, or else the
 * heading of the page, from where reading and tabbing go on. Whoever has moved on keeps theirs.
 */
export function rescueFocus(home?: () => void): void {
  const lost = () => !document.activeElement || document.activeElement === document.body;
  requestAnimationFrame(() => {
    if (lost()) home?.();
    if (lost()) document.querySelector('h1')?.focus({ preventScroll: true });
  });
}

/**
 * Hands the focus on from a row that is about to go: what is returned focuses the button that
 * deletes the row beside it, or else its last one, or else the dialog that they are in, or the
 * heading.
 */
export function focusBeside(button: HTMLElement | null): () => void {
  const row = button?.closest('li, [data-row]');
  const beside = row?.nextElementSibling ?? row?.previousElementSibling;
  const buttons = beside?.querySelectorAll<HTMLElement>('button:enabled') ?? [];
  const other = beside?.querySelector<HTMLElement>('[data-deletes]') ?? [...buttons].at(-1);
  const around = button?.closest<HTMLElement>('[role="dialog"]');
  return () => {
    const heading = around ?? document.querySelector<HTMLElement>('h1');
    (other?.isConnected ? other : heading)?.focus();
  };
}

/** Names the browser tab. */
export function useDocumentTitle(title: string): void {
  useEffect(() => {
    document.title = title ? `${title} · Fixdesk` : 'Fixdesk';
  }, [title]);
}

/** A path to return to after sign-in; anything that could leave this site becomes "/". */
export function safeReturnPath(next: unknown): string {
  if (typeof next !== 'string' || !/^\/(?![/\\])/.test(next)) return '/';
  try {
    const url = new URL(next, location.origin);
    return url.origin === location.origin ? url.pathname + url.search + url.hash : '/';
  } catch {
    return '/';
  }
}
