import { randomUUID } from 'node:crypto';
import type { Assembly, Lambdas, LocalClock, LocalLog, Resource } from '../../types.ts';
import { asyncDelayBefore, asyncRulesOf, keepFailedEvent, type SendTo } from '../core/async-invoke.ts';
import { nextRun } from './expression.ts';

interface Target {
  readonly Arn: string;
  readonly Input?: string;
  readonly InputPath?: string;
  readonly InputTransformer?: object;
  readonly SqsParameters?: { readonly MessageGroupId?: string };
}

/** A rule of EventBridge or a schedule of EventBridge Scheduler. */
interface Schedule {
  readonly name: string;
  readonly arn: string;
  readonly expression: string;
  readonly source: 'aws.events' | 'aws.scheduler';
  readonly targets: readonly Target[];
}

/** So many runs in a row may be made up for while the clock is moved; beyond them one in an hour is. */
const mostCatchUpRuns = 2_000;
const hourMs = 3_600_000;

/**
 * The schedules of the template. Each runs at each of its instants, in order, also while the clock is moved over them.
 * A function that fails is invoked again after one minute and after two, as any asynchronous invocation is, and then
 * the event goes where the function's configuration sends it. Throws for a schedule that cannot be run as AWS would.
 * https://docs.aws.amazon.com/lambda/latest/dg/with-eventbridge-scheduler.html
 */
export function startSchedules(options: {
  readonly assembly: Assembly;
  readonly lambdas: Lambdas;
  readonly clock: LocalClock;
  readonly log: LocalLog;
  readonly sendTo: SendTo;
}): { stop(): void } {
  const { assembly, lambdas, clock, log, sendTo } = options;
  const cancels = new Set<() => void>();
  let stopped = false;

  const schedules = [
    ...assembly.byType('AWS::Events::Rule').flatMap((resource) => readRule(resource)),
    ...assembly.byType('AWS::Scheduler::Schedule').flatMap((resource) => readSchedule(resource)),
  ];
  for (const schedule of schedules) arm(schedule, clock.now(), { at: clock.now(), real: Date.now(), inARow: 0 });

  function at(time: number, run: () => void | Promise<void>): void {
    if (stopped) return;
    const cancel = clock.schedule(time, () => {
      cancels.delete(cancel);
      return run();
    });
    cancels.add(cancel);
  }

  function arm(schedule: Schedule, after: number, last: { at: number; real: number; inARow: number }): void {
    const due = nextRun(schedule.expression, after);
    if (due === undefined) return;
    at(due, async () => {
      // Real time has not kept pace: the clock is being moved.
      const isCatchUp = Date.now() - last.real < (due - last.at) / 2;
      const inARow = isCatchUp ? last.inARow + 1 : 0;
      if (inARow === mostCatchUpRuns) {
        log('schedules', `${schedule.name} was due ${inARow} times in a row; until the clock rests it runs hourly`);
      }
      const next = inARow >= mostCatchUpRuns ? due + hourMs - 1 : due;
      arm(schedule, next, { at: due, real: Date.now(), inARow });
      await Promise.all(schedule.targets.map((target) => deliver(schedule, target, due)));
    });
  }

  async function deliver(schedule: Schedule, target: Target, due: number): Promise<void> {
    const event: unknown = target.Input === undefined ? eventOf(schedule, due) : JSON.parse(target.Input);
    if (/^arn:[^:]*:(sqs|sns):/.test(target.Arn)) {
      return sendTo(target.Arn, JSON.stringify(event), {}, target.SqsParameters?.MessageGroupId);
    }
    await invoke(schedule, target.Arn, event, 1);
  }

  async function invoke(schedule: Schedule, functionArn: string, event: unknown, attempt: number): Promise<void> {
    try {
      await lambdas.invoke(functionArn, event);
    } catch (error) {
      if (stopped) return;
      const rules = asyncRulesOf(assembly, functionArn);
      const wait = asyncDelayBefore(attempt, rules);
      log('schedules', `${schedule.name} failed, attempt ${attempt} of ${rules.maximumRetries + 1}`, error);
      if (wait !== undefined) at(clock.now() + wait, () => invoke(schedule, functionArn, event, attempt + 1));
      else keepFailedEvent(event, functionArn, attempt, clock.now(), rules, sendTo);
    }
  }

  function eventOf(schedule: Schedule, due: number): object {
    return {
      version: '0',
      id: randomUUID(),
      'detail-type': 'Scheduled Event',
      source: schedule.source,
      account: assembly.account,
      time: new Date(due).toISOString().replace(/\.\d+Z$/, 'Z'),
      region: assembly.region,
      resources: [schedule.arn],
      detail: schedule.source === 'aws.events' ? {} : '{}',
    };
  }

  return {
    stop() {
      stopped = true;
      for (const cancel of cancels) cancel();
    },
  };
}

function readRule({ properties, logicalId, arn }: Resource): readonly Schedule[] {
  if (!properties['ScheduleExpression'] || properties['State'] === 'DISABLED') return [];
  const targets = (properties['Targets'] ?? []) as readonly Target[];
  for (const target of targets) {
    if (target.InputPath !== undefined || target.InputTransformer !== undefined) {
      throw new Error(`The rule ${logicalId} transforms its input, which the local run cannot do; give it an Input`);
    }
  }
  return [{ name: logicalId, arn, expression: properties['ScheduleExpression'], source: 'aws.events', targets }];
}

function readSchedule({ properties, logicalId, arn }: Resource): readonly Schedule[] {
  if (properties['State'] === 'DISABLED') return [];
  const zone: string = properties['ScheduleExpressionTimezone'] ?? 'UTC';
  if (!['UTC', 'Etc/UTC'].includes(zone)) {
    throw new Error(`The schedule ${logicalId} is in ${zone}, and the local run knows UTC only`);
  }
  const expression: string = properties['ScheduleExpression'];
  const targets = [properties['Target'] as Target];
  return [{ name: logicalId, arn, expression, source: 'aws.scheduler', targets }];
}
