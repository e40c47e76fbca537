import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { LocalLog } from '../../types.ts';
import { connectDynamo } from './wire.ts';

export interface Engine {
  /** Where the engine listens; the same over a restart of the engine. */
  readonly endpoint: string;
  /** Called when the engine died and came back; `empty` when what it held was in memory only. */
  onRestart(listener: (empty: boolean) => Promise<void>): void;
  stop(): Promise<void>;
}

// The engine ends when its guard's input closes, and that is when this process ends, however it ends.
const guard =
  'exec 3<&0; "$@" </dev/null 3<&- & engine=$!; echo "$engine"; (cat <&3; kill -9 "$engine") >/dev/null 2>&1 & wait "$engine"';

/**
 * A DynamoDB engine on 127.0.0.1: the `dynoxide` binary on a port of its own, with its file in `directory`, or the one
 * that `DYNAMODB_ENDPOINT` names. It is started again if it dies. None is left behind, not even by a killed process;
 * if one is found all the same by its pid file, it is ended first, since two engines must not write one file.
 */
export async function startEngine(options: {
  readonly directory: string | undefined;
  readonly log: LocalLog;
}): Promise<Engine> {
  const given = process.env['DYNAMODB_ENDPOINT'];
  if (given) {
    await waitUntilReady(given, () => false);
    return { endpoint: given, onRestart: () => undefined, stop: async () => undefined };
  }
  const binary = findBinary();
  const { directory, log } = options;
  const pidFile = directory && join(directory, 'engine.pid');
  if (directory && pidFile) {
    mkdirSync(directory, { recursive: true });
    await endStale(pidFile, binary);
  }
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const file = directory && join(directory, 'tables.db');
  let child: ChildProcess | undefined;
  let enginePid: number | undefined;
  let stopping = false;
  let restarted: (empty: boolean) => Promise<void> = async () => undefined;

  async function launch(): Promise<void> {
    const args = ['serve', '--host', '127.0.0.1', '--port', String(port), ...(file ? ['--db-path', file] : [])];
    const started = spawn('/bin/sh', ['-c', guard, 'engine', binary, ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
    child = started;
    let dead = false;
    let complaint = '';
    started.stdin.on('error', () => undefined);
    started.stdout.setEncoding('utf8').once('data', (text: string) => {
      enginePid = Number.parseInt(text, 10);
      if (pidFile) writeFileSync(pidFile, String(enginePid));
    });
    started.stderr.setEncoding('utf8').on('data', (text: string) => {
      complaint = (complaint + text).slice(-2_000);
    });
    started.once('exit', (code) => {
      dead = true;
      started.stdin.destroy();
      if (stopping || child !== started) return;
      log('dynamodb', `The engine ended (${code ?? 'by a signal'}) and is started again`, complaint || undefined);
      setTimeout(() => {
        if (stopping) return;
        launch()
          .then(() => restarted(file === undefined))
          .catch((error: unknown) => log('dynamodb', 'The engine does not start', error));
      }, 100);
    });
    try {
      await waitUntilReady(endpoint, () => dead);
    } catch (error) {
      throw new Error(`The DynamoDB engine does not start: ${complaint || String(error)}`, { cause: error });
    }
  }

  await launch();
  return {
    endpoint,
    onRestart(listener) {
      restarted = listener;
    },
    async stop() {
      stopping = true;
      const ended = child && child.exitCode === null && new Promise((resolve) => child?.once('exit', resolve));
      if (enginePid) signal(enginePid, 'SIGTERM');
      const late = setTimeout(() => enginePid && signal(enginePid, 'SIGKILL'), 2_000);
      await ended;
      clearTimeout(late);
      if (pidFile) rmSync(pidFile, { force: true });
    },
  };
}

function findBinary(): string {
  try {
    const manifest = createRequire(import.meta.url).resolve('@dynoxide/linux-x64/package.json');
    return join(manifest, '..', 'dynoxide');
  } catch {
    throw new Error(
      'There is no DynamoDB engine for this machine: @dynoxide/linux-x64 is for Linux on x64. ' +
        'Start any DynamoDB-compatible server and set DYNAMODB_ENDPOINT, for example to http://127.0.0.1:8000.',
    );
  }
}

async function waitUntilReady(endpoint: string, dead: () => boolean): Promise<void> {
  const wire = connectDynamo(endpoint);
  const giveUpAt = Date.now() + 10_000;
  try {
    for (;;) {
      try {
        await wire.call('ListTables', { Limit: 1 });
        return;
      } catch (error) {
        if (dead() || Date.now() > giveUpAt) throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  } finally {
    wire.close();
  }
}

async function endStale(pidFile: string, binary: string): Promise<void> {
  let pid: number;
  try {
    pid = Number.parseInt(readFileSync(pidFile, 'utf8'), 10);
  } catch {
    return;
  }
  // The pid may have been given to another program since.
  const isOurs = () => commandOf(pid).startsWith(binary);
  if (pid > 1 && isOurs()) {
    signal(pid, 'SIGKILL');
    for (let tries = 0; tries < 200 && isOurs(); tries++) await new Promise((resolve) => setTimeout(resolve, 10));
  }
  rmSync(pidFile, { force: true });
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended already.
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}
