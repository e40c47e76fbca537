/** No connection was made, so that nothing was sent. */
const NOT_CONNECTED = /establish(ing)? a connection|accept a connection/;
/** The connection was made, and ended before an answer came. */
const CUT_OFF: ReadonlySet<string> = new Set(['TimeoutError', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT']);
/** Words of a provider that took nothing, whatever its status. */
const TOOK_NOTHING = /Throttl|TooManyRequests|LimitExceeded|Unavailable|Spared/;

/** What errors of providers carry. */
interface ProviderFailure extends Error {
  readonly code?: string;
  readonly syscall?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/**
 * Whether a failure leaves open if the provider took a message: it was sent, and no answer came that says yes or no. A
 * connection that was never made, a throttle and a 503 took nothing; any other 5xx may have come after the message was
 * taken.
 */
export const isUnanswered = (error: unknown): boolean => {
  if (!(error instanceof Error)) return false;
  const { name, code = '', syscall, message, $metadata } = error as ProviderFailure;
  if (syscall === 'connect' || NOT_CONNECTED.test(message) || TOOK_NOTHING.test(name)) return false;
  if (CUT_OFF.has(name) || CUT_OFF.has(code)) return true;
  const status = $metadata?.httpStatusCode ?? 0;
  return status >= 500 && status !== 503;
};
