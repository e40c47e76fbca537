import * as z from 'zod/mini';
import { isTransient } from '../aws/transient.ts';
import { Problem } from '../kernel/errors.ts';
import { settleLimit } from '../kernel/map-limit.ts';
import { STATUS_OF, storeUnavailable } from './problem.ts';

/** At most this many subjects in a request that acts on many. */
export const MOST_SUBJECTS = 100;

/** As many at once as one connection of a function serves without waiting. */
const AT_ONCE = 10;

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
 * once. Throws what refuses the request itself (kind `invalid`), and what is neither a refusal nor an outage of a service.
 */
export const outcomesOf = async <T>(
  ids: readonly string[],
  act: (id: string) => Promise<T>,
): Promise<{ readonly items: readonly Outcome<T>[] }> => {
  const once = [...new Set(ids)];
  const settled = await settleLimit(once, AT_ONCE, act);
  return {
    items: settled.map((ended, at) => {
      const id = once[at] ?? '';
      return ended.status === 'fulfilled'
        ? { id, done: ended.value, refused: null }
        : { id, done: null, refused: refusalOf(ended.reason) };
    }),
  };
};

const refusalOf = (reason: unknown): z.output<typeof Refusal> => {
  const problem = isTransient(reason) ? storeUnavailable(reason) : reason;
  if (!(problem instanceof Problem) || problem.kind === 'invalid') throw reason;
  return { status: STATUS_OF[problem.kind][0], code: problem.code, detail: problem.message };
};
