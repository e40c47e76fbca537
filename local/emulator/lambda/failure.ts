import type { FunctionFailure } from '../types.ts';
import type { Failure } from './protocol.ts';

/** What Lambda says where no execution is free. */
export const THROTTLED = 'TooManyRequestsException';

export const isThrottled = (error: unknown): boolean =>
  (error as Partial<FunctionFailure> | undefined)?.errorType === THROTTLED;

/** The error that an invocation rejects with; its `stack` is that of the handler. */
export function functionFailure(failure: Failure): FunctionFailure {
  const error = Object.assign(new Error(failure.errorMessage), { errorType: failure.errorType });
  error.name = 'FunctionFailure';
  error.stack = [`${failure.errorType}: ${failure.errorMessage}`, ...(failure.stackTrace ?? [])].join('\n');
  return error;
}
