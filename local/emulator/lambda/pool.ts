import { randomBytes, randomUUID } from 'node:crypto';
import { executionEnvironment, type ExecutionEnvironment } from './environment.ts';
import { functionFailure, THROTTLED } from './failure.ts';
import type { Rest } from './rest.ts';
import type { FunctionSettings } from './settings.ts';

export interface PoolOptions {
  readonly settings: FunctionSettings;
  /** The environment of the template and of the local endpoints; asked when a worker starts. */
  readonly env: () => Readonly<Record<string, string>>;
  readonly clockOffset: SharedArrayBuffer;
  readonly trustedCertificate?: string | undefined;
  readonly maxEnvironments: number;
  /** How long a burst waits before another environment is started for it; asked at each burst. */
  readonly patienceMs: () => number;
  /** Where environments of all functions rest. */
  readonly rest: Rest;
  readonly onOutput: (chunk: string) => void;
}

export interface FunctionPool {
  /** JSON in, JSON out. Rejects with a `FunctionFailure`. */
  invoke(event: string): Promise<string>;
  /** Starts one environment if there is none, as provisioned concurrency would. */
  warm(): void;
  readonly running: number;
  /** Environments that are there, running or resting. */
  readonly environments: number;
  /** Environments that are free stop now, the others after their invocation: new code is served from now on. */
  recycle(settings: FunctionSettings): void;
  stop(): Promise<void>;
}

interface Job {
  readonly event: string;
  readonly resolve: (result: string) => void;
  readonly reject: (error: Error) => void;
}

/** Execution environments of one function: started when needed, warm afterwards, replaced when they die. */
export function functionPool(options: PoolOptions): FunctionPool {
  let settings = options.settings;
  const idle: ExecutionEnvironment[] = [];
  const all = new Set<ExecutionEnvironment>();
  let current = new Set<ExecutionEnvironment>();
  const queue: Job[] = [];
  let running = 0;
  let stopped = false;
  let impatience: NodeJS.Timeout | undefined;

  const start = (): ExecutionEnvironment => {
    const environment = executionEnvironment({
      directory: settings.directory,
      handler: settings.handler,
      compiled: settings.compiled,
      functionName: settings.name,
      functionArn: settings.arn,
      memoryMb: settings.memoryMb,
      logGroup: settings.logGroup,
      logStream: settings.logStream,
      clockOffset: options.clockOffset,
      trustedCertificate: options.trustedCertificate,
      env: options.env(),
      onOutput: options.onOutput,
      onGone: (gone, failure) => {
        all.delete(gone);
        current.delete(gone);
        options.rest.leave(gone);
        const position = idle.indexOf(gone);
        if (position >= 0) idle.splice(position, 1);
        if (!stopped) options.onOutput(`${failure.errorType}: ${failure.errorMessage}\n`);
      },
    });
    all.add(environment);
    current.add(environment);
    return environment;
  };

  const run = async (environment: ExecutionEnvironment, job: Job): Promise<void> => {
    running += 1;
    const outcome = await environment.invoke({
      requestId: randomUUID(),
      event: job.event,
      timeoutMs: settings.timeoutMs,
      traceId: traceId(),
    });
    running -= 1;
    if (current.has(environment)) rest(environment);
    else if (all.has(environment)) void retire(environment);
    next();
    if ('result' in outcome) job.resolve(outcome.result);
    else job.reject(functionFailure(outcome.failure));
  };

  const rest = (environment: ExecutionEnvironment): void => {
    idle.push(environment);
    options.rest.enter(environment, {
      isSpare: () => current.size > 1,
      end: () => {
        idle.splice(idle.indexOf(environment), 1);
        current.delete(environment);
        void retire(environment);
      },
    });
  };

  const awake = (): ExecutionEnvironment | undefined => {
    const environment = idle.pop();
    if (environment) options.rest.leave(environment);
    return environment;
  };

  const retire = async (environment: ExecutionEnvironment): Promise<void> => {
    all.delete(environment);
    options.rest.leave(environment);
    await environment.stop();
  };

  const next = (): void => {
    while (queue.length > 0) {
      const environment = awake() ?? (current.size === 0 ? start() : undefined);
      if (!environment) {
        grow();
        return;
      }
      void run(environment, queue.shift() as Job);
    }
    clearTimeout(impatience);
    impatience = undefined;
  };

  const grow = (): void => {
    if (impatience || current.size >= options.maxEnvironments) return;
    const patienceMs = options.patienceMs();
    impatience = setTimeout(() => {
      impatience = undefined;
      if (queue.length === 0 || stopped) return;
      const since = performance.now() - patienceMs;
      // One that starts is there before another would be, and has its time, too.
      if ([...current].some(({ readySince }) => readySince === undefined || readySince > since)) {
        grow();
        return;
      }
      const job = queue.shift() as Job;
      void run(start(), job);
      next();
    }, patienceMs);
  };

  return {
    invoke: (event) =>
      new Promise((resolve, reject) => {
        if (stopped || options.maxEnvironments === 0) {
          const errorMessage = stopped ? 'The local run stops' : 'Rate Exceeded: the reserved concurrency is 0';
          reject(functionFailure({ errorType: THROTTLED, errorMessage }));
          return;
        }
        queue.push({ event, resolve, reject });
        next();
      }),
    warm: () => {
      if (current.size === 0 && !stopped && options.maxEnvironments > 0) rest(start());
    },
    get running() {
      return running + queue.length;
    },
    get environments() {
      return all.size;
    },
    recycle: (changed) => {
      settings = changed;
      const free = idle.splice(0);
      current = new Set();
      for (const environment of free) void retire(environment);
    },
    stop: async () => {
      stopped = true;
      clearTimeout(impatience);
      for (const job of queue.splice(0)) {
        job.reject(functionFailure({ errorType: 'Runtime.ExitError', errorMessage: 'The local run stops' }));
      }
      await Promise.all([...all].map(retire));
    },
  };
}

function traceId(): string {
  const time = Math.floor(Date.now() / 1000).toString(16);
  const id = randomBytes(20).toString('hex');
  return `Root=1-${time}-${id.slice(0, 24)};Parent=${id.slice(24)};Sampled=0`;
}
