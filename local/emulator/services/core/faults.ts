import { setTimeout as sleep } from 'node:timers/promises';
import { AwsError } from './aws-error.ts';

/** A failure on order: the next `count` calls (or all of them until cleared) of a service are refused. */
export interface Fault {
  /** `sns`, `ses`, `sqs`, `dynamodb`, `secretsmanager`, `ssm`, `cloudwatch`, `apigateway`, or what the application brings along. */
  readonly service: string;
  /** Only this operation; all operations when absent. */
  readonly operation?: string;
  /** 500 unless said. */
  readonly status?: number;
  /** Name of the exception; by default the service's own word for the status. */
  readonly code?: string;
  readonly count?: number;
  readonly untilCleared?: boolean;
  /** The call is done, and refused all the same: its answer got lost. */
  readonly afterwards?: boolean;
  /**
   * The call is done twice, and answered once: the receiver gets it two times. Refused only where a status or code is
   * given.
   */
  readonly twice?: boolean;
  /** The call is answered so much later, and refused only where a status or code is given. In real time. */
  readonly delayMs?: number;
}

/** What is still to come of a call that was done. */
export interface Aftermath {
  readonly delayMs: number;
  readonly twice: boolean;
  readonly error: AwsError | undefined;
}

export interface Faults {
  add(fault: Fault): void;
  clear(service?: string): void;
  list(): readonly Fault[];
  /**
   * Throws the ordered failure, if one is due for this call, and counts it. Answers what is to come once the call was done,
   * where that was ordered.
   */
  check(service: string, operation: string): Aftermath | undefined;
}

export function createFaults(): Faults {
  let active: { fault: Fault; left: number }[] = [];
  return {
    add(fault) {
      if (typeof fault.service !== 'string') throw new AwsError('ValidationError', 'A fault needs a service');
      active.push({ fault, left: fault.untilCleared ? Number.POSITIVE_INFINITY : (fault.count ?? 1) });
    },
    clear(service) {
      active = active.filter((each) => service !== undefined && each.fault.service !== service);
    },
    list: () => active.map(({ fault, left }) => (fault.untilCleared ? fault : { ...fault, count: left })),
    check(service, operation) {
      const due = active.find(({ fault }) => fault.service === service && (fault.operation ?? operation) === operation);
      if (!due) return undefined;
      due.left -= 1;
      if (due.left <= 0) active = active.filter((each) => each !== due);
      const { status = 500, code, delayMs = 0, afterwards, twice = false } = due.fault;
      const isRefused = due.fault.status !== undefined || code !== undefined || (afterwards && delayMs === 0);
      const isDone = (delayMs > 0 || twice) && !isRefused;
      const error = new AwsError(code ?? codeFor(service, status), `Ordered failure of ${service}`, status);
      if (delayMs === 0 && !afterwards && !twice) throw error;
      return { delayMs, twice, error: isDone ? undefined : error };
    },
  };
}

/** Has come what was ordered to come after a call. */
export async function bear(aftermath: Aftermath | undefined): Promise<void> {
  if (!aftermath) return;
  await sleep(aftermath.delayMs);
  if (aftermath.error) throw aftermath.error;
}

function codeFor(service: string, status: number): string {
  if (status === 400) {
    return service === 'dynamodb' ? 'ProvisionedThroughputExceededException' : 'ThrottlingException';
  }
  if (status === 403) return 'AccessDeniedException';
  if (status === 429) return 'TooManyRequestsException';
  if (status === 503) return 'ServiceUnavailable';
  if (service === 'dynamodb') return 'InternalServerError';
  if (service === 'secretsmanager') return 'InternalServiceError';
  return service === 'sns' ? 'InternalError' : 'InternalFailure';
}
