import { randomUUID } from 'node:crypto';
import { isThrottled } from '../../lambda/failure.ts';
import type { Assembly } from '../../types.ts';
import type { MessageAttributes } from '../sqs/message.ts';

/** What becomes of an asynchronous invocation that fails, as function and EventInvokeConfig declare it. */
export interface AsyncRules {
  readonly maximumRetries: number;
  /** Lambda gives an event up that is older. */
  readonly maximumAgeMs: number;
  /** Takes the event as it was. */
  readonly deadLetterArn: string | undefined;
  /** Takes a record of the failure with the event within. */
  readonly onFailureArn: string | undefined;
}

/** Sends to a queue or a topic by ARN; the group is for a FIFO queue. */
export type SendTo = (arn: string, body: string, attributes?: MessageAttributes, groupId?: string) => void;

/** https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-configuring.html */
export function asyncRulesOf(assembly: Assembly, functionArn: string): AsyncRules {
  const target = assembly.find(functionArn);
  const configuration = assembly
    .byType('AWS::Lambda::EventInvokeConfig')
    .find((each) => target && [target.physicalId, target.arn].includes(each.properties['FunctionName']));
  return {
    maximumRetries: Number(configuration?.properties['MaximumRetryAttempts'] ?? 2),
    maximumAgeMs: Number(configuration?.properties['MaximumEventAgeInSeconds'] ?? 21_600) * 1_000,
    deadLetterArn: target?.properties['DeadLetterConfig']?.TargetArn,
    onFailureArn: configuration?.properties['DestinationConfig']?.OnFailure?.Destination,
  };
}

/** Lambda waits one minute before the first retry and two before the second. */
export function asyncDelayBefore(retry: number, rules: AsyncRules): number | undefined {
  return retry > rules.maximumRetries ? undefined : Math.min(retry, 2) * 60_000;
}

/** How often an event was handed to its function in vain. */
export interface Tried {
  readonly failures: number;
  readonly throttles: number;
}

const LONGEST_BACKOFF_MS = 300_000;

/**
 * What becomes of an event whose invocation has failed: it waits for the next attempt, or is given up. A throttled function gets
 * it after one second, then two, up to five minutes apart, which uses up no retry.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 */
export function afterFailure(
  error: unknown,
  { failures, throttles }: Tried,
  ageMs: number,
  rules: AsyncRules,
): Tried & ({ readonly waitMs: number } | { readonly condition: 'RetriesExhausted' | 'EventAgeExceeded' }) {
  const tried = isThrottled(error) ? { failures, throttles: throttles + 1 } : { failures: failures + 1, throttles };
  const waitMs = isThrottled(error)
    ? Math.min(2 ** throttles * 1_000, LONGEST_BACKOFF_MS)
    : asyncDelayBefore(tried.failures, rules);
  if (waitMs === undefined) return { ...tried, condition: 'RetriesExhausted' };
  return ageMs + waitMs > rules.maximumAgeMs ? { ...tried, condition: 'EventAgeExceeded' } : { ...tried, waitMs };
}

/** An event that Lambda has given up. */
export interface FailedEvent {
  readonly event: unknown;
  readonly functionArn: string;
  readonly attempts: number;
  /** Milliseconds in moved time. */
  readonly at: number;
  readonly condition?: 'RetriesExhausted' | 'EventAgeExceeded';
}

/** Hands the event of a failed invocation to whatever is to keep it; false when nothing is. */
export function keepFailedEvent(
  { event, functionArn, attempts, at, condition = 'RetriesExhausted' }: FailedEvent,
  rules: AsyncRules,
  sendTo: SendTo,
): boolean {
  const requestId = randomUUID();
  if (rules.deadLetterArn) {
    sendTo(rules.deadLetterArn, JSON.stringify(event), {
      RequestID: { DataType: 'String', StringValue: requestId },
      ErrorCode: { DataType: 'Number', StringValue: '200' },
      ErrorMessage: { DataType: 'String', StringValue: 'The function failed' },
    });
  }
  if (rules.onFailureArn) {
    const record = {
      version: '1.0',
      timestamp: new Date(at).toISOString(),
      requestContext: { requestId, functionArn, condition, approximateInvokeCount: attempts },
      requestPayload: event,
      responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
      responsePayload: null,
    };
    sendTo(rules.onFailureArn, JSON.stringify(record));
  }
  return rules.deadLetterArn !== undefined || rules.onFailureArn !== undefined;
}
