import { randomUUID } from 'node:crypto';
import type { Assembly, Lambdas, LocalClock, LocalLog, Resource } from '../../types.ts';
import type { SendTo } from '../core/async-invoke.ts';
import { nextRun } from './expression.ts';

interface Target {
  readonly Arn: string;
  readonly Input?: string;
  readonly RetryPolicy?: { readonly MaximumRetryAttempts?: number | string };
}

/** One moved clock may make a rule due very often; beyond this it runs once more and then from now on. */
const MAX_CATCH_UP_RUNS = 2_000;
const RETRY_AFTER_MS = 1_000;

/**
 * The scheduled rules of the template. Each is run at each of its instants, in order, also while the clock is moved
 * over them; a run that fails is tried again as its target says.
 */
export function startSchedules(options: {
  readonly assembly: Assembly;
  readonly lambdas: Lambdas;
  readonly clock: LocalClock;
  readonly log: LocalLog;
  readonly sendTo: SendTo;
}): { stop(): void } {
  const { assembly, lambdas, clock, log, sendTo } = options;
  const cancels = new Map<string, () => void>();
  let stopped = false;

  const rules = assembly
    .byType('AWS::Events::Rule')
    .filter(({ properties }) => properties['ScheduleExpression'] && properties['State'] !== 'DISABLED');
  for (const rule of rules) arm(rule, clock.now(), 0);

  function arm(rule: Resource, afterMs: number, runs: number): void {
    if (stopped) return;
    const at = nextRun(String(rule.properties['ScheduleExpression']), afterMs);
    if (at === undefined) return;
    cancels.set(
      rule.arn,
      clock.schedule(at, async () => {
        const isLate = clock.now() - at > 60_000;
        if (isLate && runs === MAX_CATCH_UP_RUNS)
          log('schedules', `${rule.logicalId} is far behind; it goes on from now`);
        arm(rule, isLate && runs >= MAX_CATCH_UP_RUNS ? clock.now() : at, isLate ? runs + 1 : 0);
        const targets = (rule.properties['Targets'] ?? []) as readonly Target[];
        await Promise.all(targets.map((target) => deliver(rule, target, at)));
      }),
    );
  }

  async function deliver(rule: Resource, target: Target, atMs: number): Promise<void> {
    const event: unknown = target.Input === undefined ? eventOf(rule, atMs) : JSON.parse(target.Input);
    if (target.Arn.includes(':sqs:')) return sendTo(target.Arn, JSON.stringify(event));
    const attempts = 1 + Number(target.RetryPolicy?.MaximumRetryAttempts ?? 2);
    for (let attempt = 1; attempt <= attempts && !stopped; attempt++) {
      try {
        await lambdas.invoke(target.Arn, event);
        return;
      } catch (error) {
        log('schedules', `${rule.logicalId} failed, attempt ${attempt} of ${attempts}`, error);
        if (attempt < attempts) await new Promise((resolve) => setTimeout(resolve, RETRY_AFTER_MS).unref());
      }
    }
  }

  function eventOf(rule: Resource, atMs: number): object {
    return {
      version: '0',
      id: randomUUID(),
      'detail-type': 'Scheduled Event',
      source: 'aws.events',
      account: assembly.account,
      time: new Date(atMs).toISOString().replace(/\.\d+Z$/, 'Z'),
      region: assembly.region,
      resources: [rule.arn],
      detail: {},
    };
  }

  return {
    stop: () => {
      stopped = true;
      for (const cancel of cancels.values()) cancel();
    },
  };
}
