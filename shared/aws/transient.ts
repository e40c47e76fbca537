/** A table, an index or one of their partitions takes no more for now. */
const THROTTLED = new Set(['ProvisionedThroughputExceededException', 'RequestLimitExceeded', 'ThrottlingException']);

const TRANSIENT = new Set([
  ...THROTTLED,
  'ThrottledException',
  'TooManyRequestsException',
  'InternalServerError',
  'ServiceUnavailable',
  'ServiceUnavailableException',
  'TransactionInProgressException',
  // A transaction works on the item at this moment.
  'TransactionConflictException',
  'LimitExceededException',
  'TimeoutError',
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

/**
 * The service cannot use its encryption key: throttled, disabled, or denied for now. Names of SQS begin with `Kms`, those of SNS and
 * DynamoDB with `KMS`.
 */
const OF_THE_KEY = /^(kms|InaccessibleEncryptionCredentials)/i;

/** Reasons of a cancelled transaction that say nothing about its items. */
const isRefusal = (reason: { Code?: string | undefined }): boolean =>
  reason.Code === 'ThrottlingError' || reason.Code === 'ProvisionedThroughputExceeded';

/** What errors of services carry. */
interface ServiceFailure extends Error {
  readonly code?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly CancellationReasons?: readonly { readonly Code?: string | undefined }[];
}

/** True when the service refused or could not be reached: the same call may succeed later. */
export const isTransient = (error: unknown): boolean => {
  if (!(error instanceof Error)) return false;
  const { code, $metadata, CancellationReasons } = error as ServiceFailure;
  if (error.name === 'TransactionCanceledException') return CancellationReasons?.some(isRefusal) ?? false;
  const isNamed = TRANSIENT.has(error.name) || TRANSIENT.has(code ?? '') || OF_THE_KEY.test(error.name);
  return isNamed || ($metadata?.httpStatusCode ?? 0) >= 500;
};

/** True when DynamoDB refused a request, or an item of a transaction, because it takes no more for now. */
export const isThrottled = (error: unknown): boolean => {
  if (!(error instanceof Error)) return false;
  const { CancellationReasons } = error as ServiceFailure;
  return THROTTLED.has(error.name) || (CancellationReasons?.some(isRefusal) ?? false);
};
