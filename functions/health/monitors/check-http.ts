import type { Ranges } from '../../../shared/http/address.ts';
import { chainProblem } from './certificates.ts';
import { EvaluationError, type Evaluate } from './evaluator.ts';
import { fetched, type Fetched, type Phases } from './fetched.ts';
import type { HttpCheck } from './monitor.ts';
import type { CheckResult } from './state.ts';

const isExpected = (status: number, ranges: readonly string[]): boolean =>
  ranges.some((range) => {
    const [low = '', high = low] = range.split('-');
    return status >= Number(low) && status <= Number(high);
  });

const isAscii = (text: string): boolean => /^\p{ASCII}*$/u.test(text);

/** What the text of an answer has against it, apart from what must be evaluated. */
const textProblem = (
  { contains, lacks, matches, jsonPath }: HttpCheck,
  answer: Fetched['answer'],
): string | undefined => {
  const { text, isCut, isFlawed, problem } = answer;
  const isAsked = [contains, lacks, matches, jsonPath].some((each) => each !== undefined);
  if (isAsked && problem !== undefined) return `its answer cannot be read: ${problem}`;
  const unsure = [contains, lacks].find((each) => each !== undefined && isFlawed && !isAscii(each));
  if (contains !== undefined && !text.includes(contains) && unsure !== contains) {
    return `the ${isCut ? 'first 1 MiB of the ' : ''}answer lacks "${contains}"`;
  }
  if (lacks !== undefined && text.includes(lacks)) return `the answer contains "${lacks}"`;
  return unsure === undefined || (unsure === contains && text.includes(unsure))
    ? undefined
    : `its answer cannot be searched for "${unsure}": it is not of the charset that it declares`;
};

/** What an answer has against it; undefined where it is as expected, as far as that needs no evaluation. */
export const answerProblem = (
  check: HttpCheck,
  { status, answer, chainEnd }: Omit<Fetched, 'phases'>,
  durationMs: number,
  now: Date,
): string | undefined => {
  if (!isExpected(status, check.expectedStatus)) {
    return `it answers ${status}, not ${check.expectedStatus.join(' or ')}`;
  }
  const problem = textProblem(check, answer);
  if (problem !== undefined) return problem;
  if (check.maxLatencyMs !== undefined && durationMs > check.maxLatencyMs) {
    return `it takes ${Math.round(durationMs)} ms, more than ${check.maxLatencyMs}`;
  }
  return check.minTlsDays === undefined || chainEnd === undefined
    ? undefined
    : chainProblem(chainEnd, check.minTlsDays, now);
};

/** What is wrong with an answer by the expressions of its check. A thread evaluates them, since users write them. */
const evaluationProblem = async (
  { matches, jsonPath }: HttpCheck,
  { text, isCut }: Fetched['answer'],
  evaluate: Evaluate,
): Promise<string | undefined> => {
  try {
    const problem = matches === undefined ? undefined : await evaluate('matchProblem', text, matches);
    if (problem !== undefined || jsonPath === undefined) return problem;
    if (isCut) return 'the answer is larger than 1 MiB, so jsonPath cannot be evaluated';
    return await evaluate('jsonProblem', text, jsonPath);
  } catch (error) {
    if (error instanceof EvaluationError) return error.message;
    throw error;
  }
};

export const checkHttp = async (
  check: HttpCheck,
  allowed: Ranges,
  signal: AbortSignal,
  now: Date,
  evaluate: Evaluate,
): Promise<CheckResult & { readonly phases: Phases }> => {
  const begun = performance.now();
  const found = await fetched(check, allowed, signal);
  const durationMs = performance.now() - begun;
  const problem =
    answerProblem(check, found, durationMs, now) ?? (await evaluationProblem(check, found.answer, evaluate));
  const searched = check.lacks !== undefined && found.answer.isCut ? '; its first 1 MiB was searched' : '';
  const reason = problem ?? `it answers ${found.status}${searched}`;
  return { ok: problem === undefined, reason, durationMs, phases: found.phases };
};
