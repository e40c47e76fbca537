import { randomUUID } from 'node:crypto';
import type { Assembly, Lambdas, LocalClock, LocalLog, Resource } from '../../types.ts';
import { afterFailure, asyncRulesOf, keepFailedEvent, type SendTo, type Tried } from '../core/async-invoke.ts';
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

/** A run that was due. */
interface Run {
  readonly functionArn: string;
  readonly event: unknown;
  /** Milliseconds in moved time. */
  readonly at: number;
}

/** Runs of a schedule that one move of the clock left out. */
export interface SkippedRuns {
  readonly schedule: string;
  readonly runs: number;
  /** RFC 3339: the first and the last run that was left out. */
  readonly from: string;
  readonly to: string;
}

export interface Schedules {
  /** What moves of the clock left out since this was last asked. */
  takeSkipped(): readonly SkippedRuns[];
  stop(): void;
}

/** So many runs may be made up for in one move of the clock; beyond them one in an hour is, and the last before its end. */
const mostCatchUpRuns = 2_000;
const hourMs = 3_600_000;

/**
 * The schedules of the template. Each runs at each of its instants, in order, also while the clock is moved over them, up to
 * a number in one move.
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
}): Schedules {
  const { assembly, lambdas, clock, log, sendTo } = options;
  const cancels = new Set<() => void>();
  let stopped = false;

  const schedules = [
    ...assembly.byType('AWS::Events::Rule').flatMap((resource) => readRule(resource)),
    ...assembly.byType('AWS::Scheduler::Schedule').flatMap((resource) => readSchedule(resource)),
  ];
  const skipped = new Map<string, { runs: number; readonly from: number; to: number }>();
  for (const schedule of schedules) arm(schedule, clock.now(), { target: undefined, runs: 0 });

  function at(time: number, run: () => void | Promise<void>): void {
    if (stopped) return;
    const cancel = clock.schedule(time, () => {
      cancels.delete(cancel);
      return run();
    });
    cancels.add(cancel);
  }

  /** `move`: the move of the clock that the last run was in, and how many runs there were in it. */
  function arm(schedule: Schedule, after: number, move: { readonly target: number | undefined; runs: number }): void {
    const due = nextRun(schedule.expression, after);
    if (due === undefined) return;
    at(due, async () => {
      const { target } = clock;
      const runs = target !== undefined && target === move.target ? move.runs + 1 : 1;
      const next = target !== undefined && runs >= mostCatchUpRuns ? skipFrom(schedule, due, target) : due;
      if (next > due && runs === mostCatchUpRuns) {
        log('schedules', `${schedule.name} was due ${runs} times in one move of the clock; from now on it runs hourly`);
      }
      arm(schedule, next, { target, runs });
      await Promise.all(schedule.targets.map((each) => deliver(schedule, each, due)));
    });
  }

  /** Notes what is left out within an hour of `due`. Answers the instant of the last run that is, or `due`. */
  function skipFrom(schedule: Schedule, due: number, target: number): number {
    let last = due;
    for (;;) {
      const run = nextRun(schedule.expression, last);
      const following = run === undefined ? undefined : nextRun(schedule.expression, run);
      // The last run before the end is not left out: it does what the others would have done.
      if (run === undefined || following === undefined || run >= due + hourMs || following > target) return last;
      const known = skipped.get(schedule.name);
      if (known) {
        known.runs += 1;
        known.to = run;
      } else skipped.set(schedule.name, { runs: 1, from: run, to: run });
      last = run;
    }
  }

  async function deliver(schedule: Schedule, target: Target, due: number): Promise<void> {
    const event: unknown = target.Input === undefined ? eventOf(schedule, due) : JSON.parse(target.Input);
    if (/^arn:[^:]*:(sqs|sns):/.test(target.Arn)) {
      return sendTo(target.Arn, JSON.stringify(event), {}, target.SqsParameters?.MessageGroupId);
    }
    await invoke(schedule, { functionArn: target.Arn, event, at: clock.now() }, { failures: 0, throttles: 0 });
  }

  async function invoke(schedule: Schedule, run: Run, tried: Tried): Promise<void> {
    const { functionArn, event } = run;
    try {
      await lambdas.invoke(functionArn, event);
    } catch (error) {
      if (stopped) return;
      const rules = asyncRulesOf(assembly, functionArn);
      const next = afterFailure(error, tried, clock.now() - run.at, rules);
      const attempts = next.failures + next.throttles;
      log('schedules', `${schedule.name} failed, attempt ${attempts}`, error);
      if ('waitMs' in next) at(clock.now() + next.waitMs, () => invoke(schedule, run, next));
      else keepFailedEvent({ event, functionArn, condition: next.condition, attempts, at: clock.now() }, rules, sendTo);
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
    takeSkipped() {
      const taken = [...skipped].map(([schedule, { runs, from, to }]) => ({
        schedule,
        runs,
        from: new Date(from).toISOString(),
        to: new Date(to).toISOString(),
      }));
      skipped.clear();
      return taken;
    },
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
