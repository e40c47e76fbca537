import { readFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { transformSync } from 'esbuild';
import type { Failure, Invocation, WorkerMessage, WorkerStart } from './protocol.ts';

/** How an execution environment is made. */
export interface EnvironmentOptions extends WorkerStart {
  /** The whole environment; nothing of this process leaks in. */
  readonly env: Readonly<Record<string, string>>;
  readonly onOutput: (chunk: string) => void;
  /** Why the thread is gone, and whether it was in the middle of an invocation. Called once. */
  readonly onGone: (environment: ExecutionEnvironment, failure: Failure) => void;
}

export interface ExecutionEnvironment {
  /** When its handler was loaded, by `performance.now()`; undefined until then. */
  readonly readySince: number | undefined;
  /** One at a time. Resolves with JSON or with what went wrong; never rejects. */
  invoke(invocation: Invocation): Promise<{ readonly result: string } | { readonly failure: Failure }>;
  stop(): Promise<void>;
}

// A worker would take twice as long to start if each had to strip the types by itself.
let workerCode: URL | undefined;
function loadWorkerCode(): URL {
  if (!workerCode) {
    const source = readFileSync(new URL('./worker.ts', import.meta.url), 'utf8');
    const { code } = transformSync(source, { loader: 'ts', format: 'esm', target: 'node24' });
    workerCode = new URL(`data:text/javascript,${encodeURIComponent(code)}`);
  }
  return workerCode;
}

// V8 would let the young generation of each thread grow to three times 16 MB. Requests need a part of that, and a run has dozens of threads.
const youngMb = 4;

// What Lambda grants a function for its start, whatever its timeout is.
const initTimeoutMs = 10_000;

/**
 * One worker thread that serves one function, as an execution environment on Lambda does. Its heap is bounded by the
 * function's memory. An invocation that outlives its time ends the thread, so does anything left unhandled.
 */
export function executionEnvironment(options: EnvironmentOptions): ExecutionEnvironment {
  const { env, onOutput, onGone, ...start } = options;
  const worker = new Worker(loadWorkerCode(), {
    workerData: start satisfies WorkerStart,
    env,
    // The compiled code of a function is read by an experimental option of the module `vm`, and each thread would warn of it.
    execArgv: ['--disable-warning=ExperimentalWarning'],
    stdout: true,
    stderr: true,
    resourceLimits: { maxOldGenerationSizeMb: Math.max(64, start.memoryMb), maxYoungGenerationSizeMb: youngMb },
  });
  worker.stdout.setEncoding('utf8').on('data', onOutput);
  worker.stderr.setEncoding('utf8').on('data', onOutput);

  let readySince: number | undefined;
  let gone: Failure | undefined;
  let fatal: Failure | undefined;
  let waiting: Invocation | undefined;
  let settle: ((outcome: { result: string } | { failure: Failure }) => void) | undefined;
  let alarm: NodeJS.Timeout | undefined;

  const finish = (outcome: { result: string } | { failure: Failure }): void => {
    clearTimeout(alarm);
    const finished = settle;
    settle = undefined;
    finished?.(outcome);
  };
  const giveUp = (failure: Failure): void => {
    if (gone) return;
    gone = failure;
    onGone(environment, failure);
    finish({ failure });
    void worker.terminate();
  };
  const expectWithin = (milliseconds: number, what: string): void => {
    clearTimeout(alarm);
    alarm = setTimeout(
      () =>
        giveUp({
          errorType: 'Sandbox.Timedout',
          errorMessage: `${what} after ${(milliseconds / 1000).toFixed(2)} seconds`,
        }),
      milliseconds,
    );
  };
  const post = (invocation: Invocation): void => {
    expectWithin(invocation.timeoutMs, `RequestId: ${invocation.requestId} Error: Task timed out`);
    worker.postMessage(invocation);
  };

  worker.on('message', (message: WorkerMessage) => {
    if (message.kind === 'ready') {
      readySince = performance.now();
      clearTimeout(alarm);
      if (waiting) post(waiting);
      waiting = undefined;
    } else if (message.kind === 'fatal') {
      fatal = message.failure;
    } else if (message.kind === 'result') {
      finish({ result: message.result });
    } else {
      finish({ failure: message.failure });
    }
  });
  worker.on('error', (error: NodeJS.ErrnoException) => {
    giveUp(
      error.code === 'ERR_WORKER_OUT_OF_MEMORY'
        ? { errorType: 'Runtime.OutOfMemory', errorMessage: `The function used more than its ${start.memoryMb} MB` }
        : { errorType: error.name, errorMessage: error.message },
    );
  });
  worker.on('exit', (code) => {
    giveUp(fatal ?? { errorType: 'Runtime.ExitError', errorMessage: `Runtime exited with error: exit status ${code}` });
  });
  expectWithin(initTimeoutMs, 'The function did not start');

  const environment: ExecutionEnvironment = {
    get readySince() {
      return readySince;
    },
    invoke: (invocation) =>
      new Promise((resolve) => {
        if (gone) {
          resolve({ failure: gone });
          return;
        }
        settle = resolve;
        if (readySince !== undefined) post(invocation);
        else waiting = invocation;
      }),
    stop: async () => {
      gone ??= { errorType: 'Runtime.ExitError', errorMessage: 'The local run stops' };
      finish({ failure: gone });
      await worker.terminate();
    },
  };
  return environment;
}
