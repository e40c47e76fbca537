import type { components } from '../../generated/api.ts';

type ProblemDocument = components['schemas']['Problem'];

/** `must be a URL` as a field shows it: `Must be a URL.` */
export const asSentence = (detail: string): string =>
  `${detail.slice(0, 1).toUpperCase()}${detail.slice(1)}${/[.!?…]$/.test(detail) ? '' : '.'}`;

/** The backend has answered, and refused. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  readonly code: string;
  readonly requestId: string | undefined;
  readonly retryAfterSeconds: number | undefined;
  /** What is wrong with each field, by its JSON pointer. */
  readonly fields: ReadonlyMap<string, string>;
  /** The whole answer, where a refusal says more. */
  readonly problem: Partial<ProblemDocument>;

  constructor(status: number, problem: Partial<ProblemDocument> | undefined, retryAfter: string | null) {
    super(problem?.detail ?? `The backend answered with status ${status}.`);
    this.status = status;
    this.code = problem?.code ?? 'unknown';
    this.requestId = problem?.requestId;
    this.retryAfterSeconds = retryAfter === null ? undefined : Number(retryAfter);
    this.problem = problem ?? {};
    this.fields = new Map(problem?.errors?.map(({ pointer, detail }) => [pointer, asSentence(detail)]));
  }
}

/** No answer came: the network or the backend is away. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';
}

/** One sentence for a person. */
export const sentenceOf = (error: unknown): string => {
  if (error instanceof Unreachable) return 'Tocsin does not answer. Check the connection, then try again.';
  return error instanceof Error ? error.message : 'Something went wrong. Try again.';
};
