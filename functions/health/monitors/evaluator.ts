import { Worker } from 'node:worker_threads';
import type { Answer, Evaluations, Task } from './evaluation.ts';

/** Evaluates something by its name. Rejects, with the reason in words, where it takes too much time or memory. */
export type Evaluate = <N extends keyof Evaluations>(
  name: N,
  ...args: Parameters<Evaluations[N]>
) => Promise<ReturnType<Evaluations[N]>>;

interface Bounds {
  /** Time of the processor that one task may take: a thread that waits for a processor spends none. */
  readonly cpuMs: number;
  /** Memory of its thread, in MB. */
  readonly memoryMb: number;
}

/** Nearly all that is asked takes a few milliseconds, and is done in this lane. */
const QUICK: Bounds = { cpuMs: 100, memoryMb: 128 };
/** What takes longer begins once more here, so that it holds up its like alone. */
const PATIENT: Bounds = { cpuMs: 1_500, memoryMb: 128 };

const LOOK_EACH_MS = 10;

type Ended = Answer | 'late' | 'crashed';

/** Milliseconds that a thread has computed. */
const spentMs = async (worker: Worker): Promise<number> => {
  const { user, system } = await worker.cpuUsage();
  return (user + system) / 1000;
};

/** A thread that is done with one task before the next begins, and is ended and followed by another if one takes too much. */
const lane = (script: string | URL, { cpuMs, memoryMb }: Bounds) => {
  let worker: Worker | undefined;
  let last: Promise<unknown> = Promise.resolve();

  const started = (): Promise<Worker> =>
    new Promise((resolve, reject) => {
      const made = new Worker(script, {
        env: {},
        execArgv: [],
        resourceLimits: { maxOldGenerationSizeMb: memoryMb, maxYoungGenerationSizeMb: 32 },
      });
      made.once('error', reject);
      made.once('message', () => {
        made.off('error', reject);
        made.once('exit', () => {
          if (worker === made) worker = undefined;
        });
        resolve((worker = made));
      });
    });

  const carriedOut = async (task: Task, by: number): Promise<Ended> => {
    if (performance.now() >= by) return 'late';
    const mine = worker ?? (await started());
    mine.ref();
    const before = await spentMs(mine);
    const over = new AbortController();
    const ended = await new Promise<Ended>((resolve) => {
      const told = (event: 'message' | 'error' | 'exit', as?: Ended): void => {
        const listener = (answer: Answer): void => resolve(as ?? answer);
        mine.once(event, listener);
        over.signal.addEventListener('abort', () => mine.off(event, listener));
      };
      told('message');
      told('error', 'crashed');
      told('exit', 'crashed');
      const look = setInterval(() => {
        if (performance.now() >= by) return resolve('late');
        spentMs(mine).then(
          (spent) => spent - before > cpuMs && resolve('late'),
          // It has ended: its own event reports that.
          () => undefined,
        );
      }, LOOK_EACH_MS);
      over.signal.addEventListener('abort', () => clearInterval(look));
      mine.postMessage(task);
    });
    over.abort();
    mine.unref();
    if (typeof ended === 'object') return ended;
    worker = undefined;
    mine.on('error', () => undefined);
    void mine.terminate();
    return ended;
  };

  return (task: Task, by: number): Promise<Ended> => {
    const mine = last.then(() => carriedOut(task, by));
    last = mine.catch(() => undefined);
    return mine;
  };
};

/** Something could not be evaluated; the message says why. */
export class EvaluationError extends Error {
  override readonly name = 'EvaluationError';
}

const WHAT: Readonly<Record<keyof Evaluations, string>> = {
  jsonProblem: 'its jsonPath',
  matchProblem: 'its matches',
  scraped: 'its exposition',
};
const REFUSALS = {
  late: 'takes too long to evaluate on this answer',
  crashed: 'takes too much memory to evaluate on this answer',
} as const;

/**
 * Evaluates expressions of others on answers of others, each within a bound of time and memory, and by a moment of
 * `performance.now()` at the latest. One that takes too much fails alone.
 */
export const evaluator = (script: string | URL): ((by: number) => Evaluate) => {
  const quick = lane(script, QUICK);
  const patient = lane(script, PATIENT);
  return (by) =>
    async (name, ...args) => {
      const task: Task = { name, args };
      const first = await quick(task, by);
      const ended = first === 'late' ? await patient(task, by) : first;
      if (typeof ended === 'string') throw new EvaluationError(`${WHAT[name]} ${REFUSALS[ended]}`);
      if ('error' in ended) throw new EvaluationError(ended.error);
      return ended.value as never;
    };
};
