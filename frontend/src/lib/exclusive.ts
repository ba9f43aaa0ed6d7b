import { uuid } from './random';

const lease = 10_000;
const settle = 60;
const wait = (ms: number) => new Promise<void>((done) => setTimeout(done, ms));

/**
 * Runs work while no other tab of this browser runs work of the same name.
 * Web Locks exist only on HTTPS and localhost; elsewhere a lease in
 * localStorage takes their place: written, left to settle, read back.
 */
export async function exclusive<T>(name: string, work: () => Promise<T>): Promise<T> {
  if (navigator.locks) return navigator.locks.request(name, work) as Promise<T>;
  const release = await leaseOf(`${name}.lease`);
  try {
    return await work();
  } finally {
    release();
  }
}

async function leaseOf(key: string): Promise<() => void> {
  const me = uuid();
  const owner = () => {
    const [id, until] = (localStorage.getItem(key) ?? '').split(' ');
    return id && Number(until) > Date.now() ? id : null;
  };
  try {
    for (;;) {
      if (!owner()) {
        localStorage.setItem(key, `${me} ${Date.now() + lease}`);
        await wait(settle);
        if (owner() === me) break;
      }
      await wait(settle + Math.random() * settle);
    }
  } catch {
    return () => {}; // No storage: this tab can only trust itself.
  }
  return () => {
    if (owner() === me) localStorage.removeItem(key);
  };
}
