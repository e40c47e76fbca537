import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LocalLog } from '../../types.ts';
import { connectDynamo } from './wire.ts';

export interface Engine {
  /** Where the engine listens; the same over a restart of the engine. */
  readonly endpoint: string;
  stop(): Promise<void>;
}

// The engine ends when its guard's input closes, and that is when this process ends, however it ends. So does the
// directory of a run that keeps nothing ($1). An engine that ends by itself takes its watcher along and nothing else.
const guard = `
  temporary=$1; shift; exec 3<&0
  "$@" </dev/null 3<&- & engine=$!
  echo "$engine"
  (read -r word <&3; trap '' TERM; kill -9 "$engine"; [ -z "$temporary" ] || rm -rf "$temporary") >/dev/null 2>&1 &
  watcher=$!
  wait "$engine"; code=$?
  kill "$watcher" 2>/dev/null
  exit "$code"`;

/**
 * A DynamoDB engine on 127.0.0.1: the `dynoxide` binary on a port of its own, with its file in `directory` (undefined:
 * one that is gone after the run), or the one that `DYNAMODB_ENDPOINT` names. It is started again if it dies, with what
 * it held. None is left behind, not even by a killed process; if one is found all the same by its pid file, it is ended
 * first, since two engines must not write one file.
 */
export async function startEngine(options: {
  readonly directory: string | undefined;
  readonly log: LocalLog;
}): Promise<Engine> {
  const given = process.env['DYNAMODB_ENDPOINT'];
  if (given) {
    await waitUntilReady(given, () => false);
    return { endpoint: given, stop: async () => undefined };
  }
  const binary = findBinary();
  const { log } = options;
  const temporary = options.directory === undefined ? mkdtempSync(join(memoryDirectory(), 'dynamodb-')) : '';
  const directory = options.directory ?? temporary;
  mkdirSync(directory, { recursive: true });
  const pidFile = join(directory, 'engine.pid');
  await endStale(pidFile, binary);
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const file = join(directory, 'tables.db');
  let child: ChildProcess | undefined;
  let enginePid: number | undefined;
  let stopping = false;

  async function launch(): Promise<void> {
    const command = [binary, 'serve', '--host', '127.0.0.1', '--port', String(port), '--db-path', file];
    // In a process group of its own: Ctrl-C is for this process, which still needs the engine to finish what runs.
    const started = spawn('/bin/sh', ['-c', guard, 'engine', temporary, ...command], { stdio: 'pipe', detached: true });
    child = started;
    let dead = false;
    let complaint = '';
    started.stdin.on('error', () => undefined);
    started.stdout.setEncoding('utf8').once('data', (text: string) => {
      enginePid = Number.parseInt(text, 10);
      writeFileSync(pidFile, String(enginePid));
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
        launch().catch((error: unknown) => log('dynamodb', 'The engine does not start', error));
      }, 100);
    });
    try {
      await waitUntilReady(endpoint, () => dead);
    } catch (error) {
      throw new Error(`The DynamoDB engine does not start: ${complaint || String(error)}`, { cause: error });
    }
  }

  await launch();
  await orderStreamRecords(file).catch((error: unknown) => log('dynamodb', 'Streams grow slower with time', error));
  return {
    endpoint,
    async stop() {
      stopping = true;
      const ended = child && child.exitCode === null && new Promise((resolve) => child?.once('exit', resolve));
      if (enginePid) signal(enginePid, 'SIGTERM');
      const late = setTimeout(() => enginePid && signal(enginePid, 'SIGKILL'), 2_000);
      await ended;
      clearTimeout(late);
      rmSync(pidFile, { force: true });
      if (temporary) rmSync(temporary, { recursive: true, force: true });
    },
  };
}

/**
 * The engine looks for the last record of a stream at every write and keeps all records, without an order to find it
 * by: after 20,000 records a write takes five times as long. With this index it takes as long as at first.
 */
async function orderStreamRecords(file: string): Promise<void> {
  const { DatabaseSync } = await import('node:sqlite');
  const database = new DatabaseSync(file, { timeout: 5_000 });
  try {
    database.exec(
      'CREATE INDEX IF NOT EXISTS _local_stream_order ON _stream_records (table_name, CAST(sequence_number AS INTEGER))',
    );
  } finally {
    database.close();
  }
}

function memoryDirectory(): string {
  return existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
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
