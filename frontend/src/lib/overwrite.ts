import { useRef } from 'react';
import { asApiError } from './problem';

/**
 * Writes over what was opened, as it was then. When somebody changed it meanwhile (412), the
 * newest is fetched: the next try, made by one who has read that, overwrites it.
 */
export function useOverwrite<T>(opened: T, fetchNewest: () => Promise<T>) {
  const base = useRef(opened);
  return async <R>(write: (base: T) => Promise<R>): Promise<R> => {
    try {
      return await write(base.current);
    } catch (error) {
      if (asApiError(error).status === 412) base.current = await fetchNewest();
      throw error;
    }
  };
}
