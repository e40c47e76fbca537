import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Assembly, Lambdas, LocalClock, LocalLog } from '../../types.ts';
import { afterFailure, asyncRulesOf, keepFailedEvent, type SendTo } from '../core/async-invoke.ts';
import { AwsError } from '../core/aws-error.ts';
import { openDurableMap } from '../core/durable-map.ts';
import type { RestApi } from '../dispatch.ts';

/** An event that Lambda has accepted and has not handed to its function with success. */
interface Accepted {
  readonly id: string;
  readonly functionArn: string;
  readonly event: unknown;
  /** Milliseconds in moved time. */
  readonly acceptedAt: number;
  failures: number;
  throttles: number;
  dueAt: number;
}

export interface Invocations {
  readonly api: RestApi;
  /** Takes up what the last run left. */
  start(): void;
  /** Resolves when no event is due: all were handled, were given up, or wait for a later retry. */
  drain(): Promise<void>;
  stop(): void;
}

const PATH = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/;
const maximumBytes = 1_048_576;

/**
 * Asynchronous invocations by functions. An event is stored before it is accepted. A function that fails gets it again after one
 * minute and after two, one that is throttled gets it when it may run again (`afterFailure`). An event that is too old, or failed too
 * often, goes where the function's configuration says.
 */
export function startInvocations(options: {
  readonly assembly: Assembly;
  readonly lambdas: Pick<Lambdas, 'invoke'>;
  readonly clock: LocalClock;
  readonly log: LocalLog;
  readonly directory: string | undefined;
  readonly sendTo: SendTo;
}): Invocations {
  const { assembly, lambdas, clock, log, directory, sendTo } = options;
  const accepted = openDurableMap<Accepted>(directory && join(directory, 'accepted.jsonl'));
  const attempting = new Set<Promise<void>>();
  const timers = new Map<string, () => void>();
  let stopped = false;

  function attempt(each: Accepted): void {
    timers.delete(each.id);
    if (stopped) return;
    const running: Promise<void> = lambdas
      .invoke(each.functionArn, each.event)
      .then(
        () => {
          if (!stopped) accepted.delete(each.id);
        },
        (error: unknown) => {
          if (!stopped) failed(each, error);
        },
      )
      .finally(() => attempting.delete(running));
    attempting.add(running);
  }

  function failed(each: Accepted, error: unknown): void {
    const rules = asyncRulesOf(assembly, each.functionArn);
    const next = afterFailure(error, each, clock.now() - each.acceptedAt, rules);
    const { failures, throttles } = next;
    if ('waitMs' in next) {
      accepted.patch(each.id, { failures, throttles, dueAt: clock.now() + next.waitMs });
      schedule(each);
      return;
    }
    log('invocations', `An event of ${each.functionArn} is given up`, error);
    const { functionArn, event } = each;
    const { condition } = next;
    keepFailedEvent({ event, functionArn, condition, attempts: failures + throttles, at: clock.now() }, rules, sendTo);
    accepted.delete(each.id);
  }

  function schedule(each: Accepted): void {
    timers.set(
      each.id,
      clock.schedule(each.dueAt, () => attempt(each)),
    );
  }

  return {
    api: {
      operationOf: (method, path) => (method === 'POST' && PATH.test(path) ? 'Invoke' : undefined),
      handle: (_operation, { path, headers, body, bytes }) => {
        const name = decodeURIComponent(PATH.exec(path)?.[1] ?? '');
        const target = assembly.find(name);
        if (!target) throw new AwsError('ResourceNotFoundException', `Function not found: ${name}`, 404);
        if (headers['x-amz-invocation-type'] !== 'Event') {
          throw new AwsError('InvalidParameterValueException', 'Functions invoke asynchronously only in the local run');
        }
        if (bytes > maximumBytes) {
          const message = `Request must be smaller than ${maximumBytes} bytes for the InvokeFunction operation`;
          throw new AwsError('RequestTooLargeException', message, 413);
        }
        const now = clock.now();
        const common = { id: randomUUID(), functionArn: target.arn, event: body };
        const each: Accepted = { ...common, acceptedAt: now, dueAt: now, failures: 0, throttles: 0 };
        accepted.put(each.id, each);
        attempt(each);
        return { status: 202, body: undefined };
      },
    },
    start() {
      for (const each of accepted.values()) schedule(each);
    },
    async drain() {
      while (attempting.size > 0) await Promise.all(attempting);
    },
    stop() {
      stopped = true;
      for (const cancel of timers.values()) cancel();
      accepted.close();
    },
  };
}
