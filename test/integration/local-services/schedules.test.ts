import { afterEach, describe, expect, it } from 'vitest';
import { startSchedules } from '../../../local/emulator/services/schedules/service.ts';
import type { Resource } from '../../../local/emulator/types.ts';
import { cleanUp, onCleanUp } from './services.ts';
import { account, assemblyOf, lambdasOf, queue, region, resource, testClock, type Handler } from './support.ts';

afterEach(cleanUp);

const functionArn = `arn:aws:lambda:${region}:${account}:function:tick`;
const dead = queue('dead');

function rule(properties: Resource['properties']): Resource {
  const arn = `arn:aws:events:${region}:${account}:rule/each`;
  return resource('AWS::Events::Rule', 'each', arn, { Targets: [{ Arn: functionArn, Id: 'Target0' }], ...properties });
}

function start(resources: readonly Resource[], handlers: Record<string, Handler> = {}) {
  const clock = testClock();
  const sent: { arn: string; body: string }[] = [];
  const lines: string[] = [];
  const schedules = startSchedules({
    assembly: assemblyOf(...resources),
    lambdas: lambdasOf(handlers),
    clock,
    log: (_source, message) => void lines.push(message),
    sendTo: (arn, body) => void sent.push({ arn, body }),
  });
  onCleanUp(() => [schedules.stop(), clock.stop()]);
  return { clock, sent, lines, schedules };
}

interface Tick {
  readonly time: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly resources: string[];
}

describe('a rule', () => {
  it('of a minute runs for each minute that the clock is moved over, in order, with the time it was due', async () => {
    const ticks: Tick[] = [];
    const seen: number[] = [];
    const each = rule({ ScheduleExpression: 'rate(1 minute)', State: 'ENABLED' });
    const { clock } = start([each], {
      tick: (event: Tick) => {
        ticks.push(event);
        seen.push(clock.now());
      },
    });
    await clock.advance(3_600_000);
    expect(ticks).toHaveLength(60);
    const times = ticks.map((tick) => Date.parse(tick.time));
    expect(times).toEqual(times.map((_, index) => (times[0] ?? 0) + index * 60_000));
    expect(seen.every((now, index) => now - (times[index] ?? 0) < 1_000)).toBe(true);
    expect(ticks[0]).toMatchObject({ 'detail-type': 'Scheduled Event', source: 'aws.events', resources: [each.arn] });
  });

  it('waits while its function is throttled, which uses up no retry, until the event is too old', async () => {
    const at: number[] = [];
    const throttled = Object.assign(new Error('Rate Exceeded.'), { errorType: 'TooManyRequestsException' });
    const limits = resource('AWS::Lambda::EventInvokeConfig', 'limits', 'limits', {
      FunctionName: functionArn,
      MaximumRetryAttempts: 0,
      MaximumEventAgeInSeconds: 60,
    });
    const tick = resource('AWS::Lambda::Function', 'tick', functionArn, {});
    const { clock, sent } = start([rule({ ScheduleExpression: 'rate(1 day)' }), tick, limits], {
      tick: () => {
        at.push(clock.now());
        throw throttled;
      },
    });
    await clock.advance(86_400_000 + 600_000);
    expect(at.map((each) => Math.round((each - (at[0] ?? 0)) / 1000))).toEqual([0, 1, 3, 7, 15, 31]);
    expect(sent).toEqual([]);
  });

  it('that is disabled never runs', async () => {
    let runs = 0;
    const { clock } = start([rule({ ScheduleExpression: 'rate(1 minute)', State: 'DISABLED' })], {
      tick: () => ++runs,
    });
    await clock.advance(600_000);
    expect(runs).toBe(0);
  });

  it('gives its own input, to a function and to a queue', async () => {
    const inputs: unknown[] = [];
    const Input = '{"job":"sweep"}';
    const Targets = [
      { Arn: functionArn, Id: 'a', Input },
      { Arn: dead.arn, Id: 'b', Input },
    ];
    const { clock, sent } = start([rule({ ScheduleExpression: 'rate(1 hour)', Targets })], {
      tick: (event: unknown) => void inputs.push(event),
    });
    await clock.advance(3_600_000);
    expect(inputs).toEqual([{ job: 'sweep' }]);
    expect(sent).toEqual([{ arn: dead.arn, body: Input }]);
  });

  it('whose function fails is tried after one and two minutes, and then the event is kept', async () => {
    const seen: number[] = [];
    const tick = resource('AWS::Lambda::Function', 'tick', functionArn, { DeadLetterConfig: { TargetArn: dead.arn } });
    const { clock, sent } = start([rule({ ScheduleExpression: 'rate(1 day)' }), tick], {
      tick: () => {
        seen.push(clock.now());
        throw new Error('down');
      },
    });
    await clock.advance(86_400_000);
    await clock.advance(600_000);
    const gaps = seen.slice(1).map((at, index) => Math.round((at - (seen[index] ?? 0)) / 60_000));
    expect(gaps).toEqual([1, 2]);
    expect(sent.map(({ arn }) => arn)).toEqual([dead.arn]);
  });

  it('of a minute runs hourly once it was due two thousand times in one move of the clock, which says what it left out', async () => {
    const runs: number[] = [];
    const { clock, lines, schedules } = start([rule({ ScheduleExpression: 'rate(1 minute)' })], {
      tick: ({ time }: Tick) => void runs.push(Date.parse(time)),
    });
    await clock.advance(3 * 86_400_000);
    expect(runs.length).toBeGreaterThan(2_000);
    expect(runs.length).toBeLessThan(2_060);
    expect(lines).toHaveLength(1);
    const [skipped, ...others] = schedules.takeSkipped();
    expect(others).toEqual([]);
    expect(skipped).toMatchObject({ schedule: 'each', runs: 3 * 1_440 - runs.length });
    expect(Date.parse(skipped?.from ?? '')).toBe((runs[1_999] ?? 0) + 60_000);
    expect(Date.parse(skipped?.to ?? '')).toBe((runs.at(-1) ?? 0) - 60_000);
    expect(schedules.takeSkipped()).toEqual([]);
  });

  it('of a minute runs in the last minute of a long move and in each one after it', async () => {
    const runs: number[] = [];
    const { clock } = start([rule({ ScheduleExpression: 'rate(1 minute)' })], {
      tick: ({ time }: Tick) => void runs.push(Date.parse(time)),
    });
    await clock.advance(3 * 86_400_000 + 90_000);
    expect(clock.now() - (runs.at(-1) ?? 0)).toBeLessThan(60_000);
    const before = runs.length;
    await clock.advance(600_000);
    expect(runs.length - before).toBe(10);
  });

  it('of a minute leaves out nothing in three thousand moves by a minute', async () => {
    let runs = 0;
    const { clock, schedules } = start([rule({ ScheduleExpression: 'rate(1 minute)' })], { tick: () => ++runs });
    for (let minute = 0; minute < 3_000; minute++) await clock.advance(60_000);
    expect(runs).toBe(3_000);
    expect(schedules.takeSkipped()).toEqual([]);
  });
});

describe('a schedule', () => {
  const schedule = (properties: Resource['properties']) =>
    resource('AWS::Scheduler::Schedule', 'once', `arn:aws:scheduler:${region}:${account}:schedule/default/once`, {
      Target: { Arn: functionArn },
      ...properties,
    });

  it('for one instant runs once', async () => {
    let runs = 0;
    const at = new Date(Date.now() + 7_200_000).toISOString().slice(0, 19);
    const { clock } = start([schedule({ ScheduleExpression: `at(${at})` })], { tick: () => ++runs });
    await clock.advance(7_100_000);
    expect(runs).toBe(0);
    await clock.advance(86_400_000);
    expect(runs).toBe(1);
  });

  it('in another time zone is refused by name', () => {
    const berlin = schedule({ ScheduleExpression: 'rate(1 day)', ScheduleExpressionTimezone: 'Europe/Berlin' });
    expect(() => start([berlin])).toThrow(/once is in Europe\/Berlin/);
  });
});
