import * as z from 'zod/mini';
import { isTransient } from '../aws/transient.ts';
import { Problem, unavailable } from '../kernel/errors.ts';
import { settleLimit } from '../kernel/map-limit.ts';
import { STATUS_OF, storeUnavailable } from './problem.ts';

/** At most this many subjects in a request that acts on many. */
export const MOST_SUBJECTS = 250;

/** As many at once as one connection of a function serves without waiting. */
const AT_ONCE = 10;

/** No further subject is begun after this time, so that the answer comes within the 29 seconds of the gateway. */
const LONGEST_MS = 20_000;

/** An answer has so many bytes at most, well below the 6 MB that Lambda answers. */
const MOST_BYTES = 4 * 1024 * 1024;

const Refusal = z.object({ status: z.int(), code: z.string(), detail: z.string() });

/** What became of one subject: it as it is now, or why it was refused, as a problem document of a single request says it. */
export const outcomeOf = <T extends z.core.$ZodType>(subject: T) =>
  z.object({ id: z.string(), done: z.nullable(subject), refused: z.nullable(Refusal) });

export interface Outcome<T> {
  readonly id: string;
  readonly done: T | null;
  readonly refused: z.output<typeof Refusal> | null;
}

/**
 * Does the same to many subjects, each by itself: one that is refused stops no other. Answers in the order of the ids, each
 * once. Subjects that the time does not suffice for are refused with `bulk.unfinished`, untouched. Throws what refuses the request itself
 * (kind `invalid`), and what is neither a refusal nor an outage of a service.
 */
export const outcomesOf = async <T>(
  ids: readonly string[],
  act: (id: string) => Promise<T>,
  elapsedMs: () => number = stopwatch(),
): Promise<{ readonly items: readonly Outcome<T>[] }> => {
  const once = [...new Set(ids)];
  const settled = await settleLimit(once, AT_ONCE, (id) => {
    if (elapsedMs() > LONGEST_MS) throw unfinished();
    return act(id);
  });
  return {
    items: settled.map((ended, at) => {
      const id = once[at] ?? '';
      return ended.status === 'fulfilled'
        ? { id, done: ended.value, refused: null }
        : { id, done: null, refused: refusalOf(ended.reason) };
    }),
  };
};

const stopwatch = (): (() => number) => {
  const began = performance.now();
  return () => performance.now() - began;
};

const unfinished = () =>
  unavailable('bulk.unfinished', 'The request took too long to come to this one. It is as it was: send it again.');

/** The same outcomes, with each subject in a short form where the answer would be too large otherwise. */
export const fitted = <T>(items: readonly Outcome<T>[], shorten: (subject: T) => T): readonly Outcome<T>[] => {
  let bytes = 0;
  for (const item of items) bytes += Buffer.byteLength(JSON.stringify(item));
  if (bytes <= MOST_BYTES) return items;
  return items.map((item) => (item.done === null ? item : { ...item, done: shorten(item.done) }));
};

const refusalOf = (reason: unknown): z.output<typeof Refusal> => {
  const problem = isTransient(reason) ? storeUnavailable(reason) : reason;
  if (!(problem instanceof Problem) || problem.kind === 'invalid') throw reason;
  return { status: STATUS_OF[problem.kind][0], code: problem.code, detail: problem.message };
};
