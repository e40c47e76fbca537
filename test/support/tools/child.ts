import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Child {
  readonly name: string;
  /** Everything that it printed so far. */
  output(): string;
  /** Ends it together with all that it started. Safe to call twice. */
  stop(): Promise<void>;
  /** Exit code, or undefined while it runs; a signal counts as 1. */
  exitCode(): number | undefined;
  readonly exited: Promise<number>;
}

export interface ChildOptions {
  readonly log: string;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

const graceMs = 5_000;
const groups = new Set<number>();

const signalGroup = (pid: number, signal: NodeJS.Signals): boolean => {
  try {
    return process.kill(-pid, signal);
  } catch {
    return false;
  }
};

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => process.exit(1));
}
process.once('exit', () => {
  for (const pid of groups) signalGroup(pid, 'SIGKILL');
});

/**
 * Starts a program that lives no longer than this process: it leads a process group of its own, which is ended as a
 * whole, also when this process fails or is terminated.
 */
export async function start(
  name: string,
  command: string,
  args: readonly string[],
  options: ChildOptions,
): Promise<Child> {
  await mkdir(dirname(options.log), { recursive: true });
  const log = createWriteStream(options.log);
  await once(log, 'open');
  const child: ChildProcess = spawn(command, args, {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...options.env },
    ...(options.cwd ? { cwd: options.cwd } : {}),
  });
  // Kept beside the log, which is written a moment later.
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => (printed += text));
    stream?.pipe(log, { end: false });
  }
  let code: number | undefined;
  const exited = new Promise<number>((resolve) => {
    const done = (value: number): void => {
      code ??= value;
      resolve(code);
    };
    child.once('error', (error) => {
      printed += `${error.message}\n`;
      log.write(`${error.message}\n`);
      done(127);
    });
    child.once('close', (status) => done(status ?? 1));
  });
  const { pid } = child;
  if (pid !== undefined) groups.add(pid);
  const stop = async (): Promise<void> => {
    if (pid === undefined || !groups.has(pid)) return;
    signalGroup(pid, 'SIGTERM');
    await Promise.race([exited, sleep(graceMs, undefined, { ref: false })]);
    // Also after a clean end: what it started may still run in its group.
    signalGroup(pid, 'SIGKILL');
    await exited;
    groups.delete(pid);
    log.end();
  };
  return { name, output: () => printed, stop, exitCode: () => code, exited };
}

/** Runs a program to its end and gives what it printed; throws with the end of that when it fails or takes longer. */
export async function run(
  command: string,
  args: readonly string[],
  options: ChildOptions & { readonly timeoutMs?: number },
): Promise<string> {
  const child = await start(command, command, args, options);
  const timeout = new AbortController();
  const outcome = await Promise.race([
    child.exited,
    sleep(options.timeoutMs ?? 120_000, 'timeout' as const, { signal: timeout.signal }),
  ]);
  timeout.abort();
  await child.stop();
  if (outcome !== 0) {
    const why = outcome === 'timeout' ? 'took too long' : `ended with ${outcome}`;
    throw new Error(`${[command, ...args].join(' ')} ${why}:\n${lastLines(child.output(), 30)}`);
  }
  return child.output();
}

export const lastLines = (text: string, count: number): string => text.trimEnd().split('\n').slice(-count).join('\n');
