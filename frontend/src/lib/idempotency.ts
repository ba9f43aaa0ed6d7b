import { useRef } from 'react';
import { uuid } from './random';

/**
 * One Idempotency-Key per intention: sending the same content again after a
 * lost answer uses the same key, so that nothing is created twice; other
 * content, or `done()`, starts a new one.
 */
export function useIdempotencyKey() {
  const last = useRef<{ body: string; key: string } | null>(null);
  return {
    headers(body: unknown): { 'Idempotency-Key': string } {
      const text = JSON.stringify(body);
      if (last.current?.body !== text) last.current = { body: text, key: uuid() };
      return { 'Idempotency-Key': last.current.key };
    },
    done(): void {
      last.current = null;
    },
  };
}
