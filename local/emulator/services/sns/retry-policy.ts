/** How often and when a delivery that failed is tried again. Delays are in seconds. */
export interface RetryPolicy {
  readonly minDelayTarget: number;
  readonly maxDelayTarget: number;
  readonly numRetries: number;
  readonly numNoDelayRetries: number;
  readonly numMinDelayRetries: number;
  readonly numMaxDelayRetries: number;
  readonly backoffFunction: 'linear' | 'arithmetic' | 'geometric' | 'exponential';
}

/** https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html */
export const httpRetryPolicy: RetryPolicy = {
  minDelayTarget: 20,
  maxDelayTarget: 20,
  numRetries: 3,
  numNoDelayRetries: 0,
  numMinDelayRetries: 0,
  numMaxDelayRetries: 0,
  backoffFunction: 'linear',
};

/** For functions and queues: 3 at once, 2 after a second, 10 up to 20 seconds apart, then each 20 seconds for 23 days. */
export const awsRetryPolicy: RetryPolicy = {
  minDelayTarget: 1,
  maxDelayTarget: 20,
  numRetries: 100_015,
  numNoDelayRetries: 3,
  numMinDelayRetries: 2,
  numMaxDelayRetries: 100_000,
  backoffFunction: 'exponential',
};

/** Milliseconds to wait before the retry (1, 2, …), or undefined when there is none left. */
export function delayBefore(retry: number, policy: RetryPolicy): number | undefined {
  if (retry > policy.numRetries) return undefined;
  const { numNoDelayRetries, numMinDelayRetries, numMaxDelayRetries, minDelayTarget, maxDelayTarget } = policy;
  if (retry <= numNoDelayRetries) return 0;
  const afterNoDelay = retry - numNoDelayRetries;
  if (afterNoDelay <= numMinDelayRetries) return minDelayTarget * 1_000;
  const backoffs = policy.numRetries - numNoDelayRetries - numMinDelayRetries - numMaxDelayRetries;
  const step = afterNoDelay - numMinDelayRetries;
  if (step > backoffs) return maxDelayTarget * 1_000;
  const share = backoffs <= 1 ? 0 : (step - 1) / (backoffs - 1);
  const range = maxDelayTarget - minDelayTarget;
  const seconds =
    policy.backoffFunction === 'linear'
      ? minDelayTarget + range * share
      : policy.backoffFunction === 'arithmetic'
        ? minDelayTarget + (range * share * (share + 1)) / 2
        : minDelayTarget * (maxDelayTarget / Math.max(minDelayTarget, 1)) ** share;
  return Math.round(seconds * 1_000);
}

/** The policy that a topic or a subscription declares, over the default. */
export function readRetryPolicy(deliveryPolicies: readonly (string | undefined)[]): RetryPolicy {
  for (const text of deliveryPolicies) {
    if (!text) continue;
    const policy = JSON.parse(text) as {
      healthyRetryPolicy?: Partial<RetryPolicy>;
      http?: { defaultHealthyRetryPolicy?: Partial<RetryPolicy> };
    };
    const declared = policy.healthyRetryPolicy ?? policy.http?.defaultHealthyRetryPolicy;
    if (declared) return { ...httpRetryPolicy, ...declared };
  }
  return httpRetryPolicy;
}
