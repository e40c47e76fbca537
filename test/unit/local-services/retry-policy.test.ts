import { expect, test } from 'vitest';
import {
  awsRetryPolicy,
  delayBefore,
  httpRetryPolicy,
  readRetryPolicy,
} from '../../../local/emulator/services/sns/retry-policy.ts';

const delays = (count: number, policy = httpRetryPolicy) =>
  Array.from({ length: count }, (_, index) => delayBefore(index + 1, policy));

test('a webhook is tried three times more, twenty seconds apart', () => {
  expect(delays(4)).toEqual([20_000, 20_000, 20_000, undefined]);
});

test('a queue is tried at once, then after a second, then ever more slowly up to twenty seconds, for weeks', () => {
  const first = delays(16, awsRetryPolicy);
  expect(first.slice(0, 6)).toEqual([0, 0, 0, 1_000, 1_000, 1_000]);
  expect(first[14]).toBe(20_000);
  expect(delayBefore(100_015, awsRetryPolicy)).toBe(20_000);
  expect(delayBefore(100_016, awsRetryPolicy)).toBeUndefined();
});

test('the policy of a subscription wins over that of its topic, and both over the default', () => {
  const ofSubscription = '{"healthyRetryPolicy":{"numRetries":5,"minDelayTarget":1,"maxDelayTarget":9}}';
  const ofTopic = '{"http":{"defaultHealthyRetryPolicy":{"numRetries":7}}}';
  expect(readRetryPolicy([ofSubscription, ofTopic]).numRetries).toBe(5);
  expect(readRetryPolicy([undefined, ofTopic])).toMatchObject({ numRetries: 7, minDelayTarget: 20 });
  expect(delays(5, readRetryPolicy([ofSubscription]))).toEqual([1_000, 3_000, 5_000, 7_000, 9_000]);
});
