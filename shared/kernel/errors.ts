/** What went wrong, in terms of the domain. One table in `shared/http` maps kinds to HTTP statuses. */
export type ErrorKind =
  | 'invalid'
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'method_not_allowed'
  | 'conflict'
  | 'too_large'
  | 'unsupported_media_type'
  | 'unprocessable'
  | 'too_many'
  | 'unavailable';

/** One error in a request. `pointer` is an RFC 6901 JSON pointer, prefixed by `query`, `path` or nothing. */
export interface FieldError {
  readonly pointer: string;
  readonly detail: string;
}

export interface ProblemExtras {
  readonly errors?: readonly FieldError[];
  /** Seconds to wait before a retry. */
  readonly retryAfterSeconds?: number;
  /** Methods that the path does accept, for the `Allow` header of a 405. */
  readonly allow?: readonly string[];
  /** The id of what was accepted of the request all the same. */
  readonly eventId?: string | undefined;
  /** Further members of the problem document, such as the present state of the subject. */
  readonly extensions?: Readonly<Record<string, unknown>>;
  /** For the log only. */
  readonly cause?: unknown;
}

/** A refusal that the caller sees. `code` is stable, and `detail` says what to do. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly kind: ErrorKind;
  readonly code: string;
  readonly extras: ProblemExtras;

  constructor(kind: ErrorKind, code: string, detail: string, extras: ProblemExtras = {}) {
    super(detail, { cause: extras.cause });
    this.kind = kind;
    this.code = code;
    this.extras = extras;
  }
}

type Raise = (code: string, detail: string, extras?: ProblemExtras) => Problem;

const of =
  (kind: ErrorKind): Raise =>
  (code, detail, extras) =>
    new Problem(kind, code, detail, extras);

export const invalid = of('invalid');
export const unauthenticated = of('unauthenticated');
export const forbidden = of('forbidden');
export const notFound = of('not_found');
export const methodNotAllowed = of('method_not_allowed');
export const conflict = of('conflict');
export const tooLarge = of('too_large');
export const unsupportedMediaType = of('unsupported_media_type');
export const unprocessable = of('unprocessable');
export const tooMany = of('too_many');
export const unavailable = of('unavailable');
