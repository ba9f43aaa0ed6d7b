import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { TestProject } from 'vitest/node';

/** What the journeys need to know; null when there is no browser to run them in. */
export interface DeskInfo {
  url: string;
  /** The port where the desk takes mail. */
  smtp: number;
  log: string;
  chromium: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    desk: DeskInfo | null;
  }
}

/** The people of all journeys; the password is the same for each. */
export const people = {
  employee: 'erin',
  it_staff: 'stan',
  admin: 'ada',
} as const;
export const password = 'correct horse battery staple';

/** Where the desk of the journeys takes mail. */
export const helpAddress = 'help@desk.example.com';

const startLimit = 30_000;

/** Starts the binary on an empty database, once for all journeys. */
export default async function setup(project: TestProject) {
  const chromium = findChromium();
  project.provide('desk', null);
  if (!chromium) return;
  const desk = await startServer();
  try {
    createPeople(desk);
  } catch (error) {
    await desk.stop();
    throw error;
  }
  project.provide('desk', { url: desk.url, smtp: desk.smtp, log: desk.log, chromium });
  return desk.stop;
}

export interface Server {
  url: string;
  smtp: number;
  log: string;
  stop: () => Promise<void>;
  /** Runs another command of the program, with the same settings. */
  run: (args: string[], input?: string) => void;
}

/** A desk whose clock a journey moves. */
export interface ClockServer extends Server {
  /** Moves the clock forward, by a duration such as 90m, and returns what it shows. */
  move: (by: string) => Promise<Date>;
}

/**
 * Starts a desk with a clock of its own that shows `start` first. The program for it is
 * built here: the real one's clock is the machine's.
 */
export async function startClockServer(start: Date): Promise<ClockServer> {
  const dir = mkdtempSync(join(tmpdir(), 'fixdesk-clock-'));
  const binary = join(dir, 'clockdesk');
  const done = () => rmSync(dir, { recursive: true, force: true });
  try {
    execFileSync('go', ['build', '-trimpath', '-o', binary, './api/testkit/clockdesk'], {
      cwd: resolve('..'),
      env: { ...process.env, CGO_ENABLED: '0' },
    });
    const clock = `127.0.0.1:${await freePort()}`;
    const server = await startServer(
      {
        FIXDESK_TEST_CLOCK: clock,
        FIXDESK_TEST_START: start.toISOString(),
        FIXDESK_TEST_PEOPLE: Object.entries(people)
          .map(([role, name]) => `${name}=${role}`)
          .join(';'),
        FIXDESK_TEST_PASSWORD: password,
      },
      [binary],
    );
    const move = async (by: string) => {
      const answer = await fetch(`http://${clock}/?by=${by}`, { method: 'POST' });
      if (!answer.ok) throw new Error(`The clock does not move: ${await answer.text()}`);
      return new Date(((await answer.json()) as { now: string }).now);
    };
    const stop = async () => {
      await server.stop();
      done();
    };
    return { ...server, move, stop };
  } catch (error) {
    done();
    throw error;
  }
}

/** Starts the binary, on an empty database unless the settings name another one. */
export async function startServer(
  settings: Record<string, string> = {},
  [program, ...args]: string[] = [process.env.FIXDESK_BIN ?? '../bin/fixdesk', 'serve'],
): Promise<Server> {
  const binary = resolve(program ?? '');
  if (!existsSync(binary)) {
    throw new Error(
      `There is no ${binary}. Build it with "make build", or name one in FIXDESK_BIN.`,
    );
  }
  const dir = mkdtempSync(join(tmpdir(), 'fixdesk-e2e-'));
  const port = await freePort();
  const smtp = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const env = {
    ...process.env,
    FIXDESK_DATABASE: `sqlite:${dir}/f.db`,
    FIXDESK_DATA_DIR: dir,
    FIXDESK_LISTEN: `127.0.0.1:${port}`,
    FIXDESK_PUBLIC_URL: url,
    FIXDESK_RATE_LIMIT: 'off',
    FIXDESK_SMTP_LISTEN: `127.0.0.1:${smtp}`,
    FIXDESK_MAIL_FROM: helpAddress,
    FIXDESK_WEBHOOK_ALLOW_PRIVATE: '127.0.0.0/8',
    ...settings,
  };
  const log = join(dir, 'server.log');
  const out = openSync(log, 'a');
  const server = spawn(binary, args, { env, stdio: ['ignore', out, out] });
  closeSync(out);
  const stop = async () => {
    await end(server);
    rmSync(dir, { recursive: true, force: true });
  };
  try {
    await untilAlive(url, server, log);
  } catch (error) {
    await stop();
    throw error;
  }
  const run = (args: string[], input = '') => execFileSync(binary, args, { env, input });
  return { url, smtp, log, stop, run };
}

/** Creates the people of the journeys. */
export function createPeople(server: Server): void {
  for (const [role, username] of Object.entries(people)) {
    const who = ['--username', username, '--email', `${username}@example.org`, '--role', role];
    server.run(['user', 'create', ...who, '--password-stdin'], password);
  }
}

function findChromium(): string | null {
  const path = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
  if (existsSync(path)) return path;
  const advice =
    `No Chromium at ${path}. Get one with "apt-get install chromium", ` +
    'or name yours in CHROMIUM_PATH.';
  if (process.env.CI) throw new Error(advice);
  console.log(`The browser journeys are skipped. ${advice}`);
  return null;
}

function freePort(): Promise<number> {
  return new Promise((found, failed) => {
    const probe = createServer();
    probe.once('error', failed);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      probe.close(() => found(port));
    });
  });
}

async function untilAlive(url: string, server: ChildProcess, log: string): Promise<void> {
  const deadline = Date.now() + startLimit;
  while (Date.now() < deadline && server.exitCode === null) {
    const alive = await fetch(`${url}/readyz`)
      .then((r) => r.ok)
      .catch(() => false);
    if (alive) return;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error(`The server did not start:\n${readFileSync(log, 'utf8').slice(-4000)}`);
}

async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null) return;
  const gone = new Promise((done) => server.once('exit', done));
  server.kill('SIGTERM');
  const hard = setTimeout(() => server.kill('SIGKILL'), 10_000);
  await gone;
  clearTimeout(hard);
}
