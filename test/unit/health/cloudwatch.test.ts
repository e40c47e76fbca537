import { describe, expect, it } from 'vitest';
import type { DescribeAlarmsCommandInput } from '@aws-sdk/client-cloudwatch';
import { safeParse } from 'zod/v4/core';
import { checkCloudwatch, checkSelf } from '../../../functions/health/monitors/check-cloudwatch.ts';
import { Check, type CloudwatchCheck, type SelfCheck } from '../../../functions/health/monitors/monitor.ts';
import type { MetricAlarm, MetricDataResult } from '../../../shared/aws/cloudwatch.ts';

const AT = new Date('2026-11-21T03:07:31.500Z');
const QUERY = { id: 'cpu', namespace: 'AWS/RDS', metricName: 'CPUUtilization', statistic: 'Average' };
const cloudwatch = (over: object = {}): CloudwatchCheck =>
  Check.parse({
    type: 'cloudwatch',
    queries: [QUERY],
    expect: [{ query: 'cpu', operator: '<', value: 90 }],
    ...over,
  }) as CloudwatchCheck;

const answered = async (check: CloudwatchCheck, results: MetricDataResult[]) => {
  const asked: object[] = [];
  const client = {
    getMetricData: async (input: object) => {
      asked.push(input);
      return { MetricDataResults: results };
    },
  };
  return { asked, found: await checkCloudwatch(check, client, AbortSignal.timeout(1_000), AT) };
};

describe('a monitor of CloudWatch', () => {
  it('is up while the latest value is as expected and says it; down otherwise and says why', async () => {
    const well = await answered(cloudwatch(), [{ Id: 'cpu', Values: [89.5, 99] }]);
    expect(well.found).toMatchObject({ ok: true, reason: 'cpu is 89.5' });
    expect(well.found.measured).toMatchObject([{ name: 'cloudwatch.cpu', rollup: { last: 89.5, count: 1 } }]);
    const ill = await answered(cloudwatch(), [{ Id: 'cpu', Values: [90] }]);
    expect(ill.found).toMatchObject({ ok: false, reason: 'cpu is 90, not < 90' });
  });

  it('asks for whole periods only, an expression beside a metric', async () => {
    const check = cloudwatch({
      queries: [
        { ...QUERY, periodSeconds: 300, dimensions: { DB: 'shop' } },
        { id: 'twice', expression: 'cpu * 2' },
      ],
    });
    const { asked, found } = await answered(check, [
      { Id: 'cpu', Values: [10] },
      { Id: 'twice', Values: [20] },
    ]);
    expect(asked).toEqual([
      {
        StartTime: new Date('2026-11-21T02:50:00Z'),
        EndTime: new Date('2026-11-21T03:05:00Z'),
        ScanBy: 'TimestampDescending',
        MetricDataQueries: [
          {
            Id: 'cpu',
            MetricStat: {
              Metric: {
                Namespace: 'AWS/RDS',
                MetricName: 'CPUUtilization',
                Dimensions: [{ Name: 'DB', Value: 'shop' }],
              },
              Period: 300,
              Stat: 'Average',
            },
            ReturnData: true,
          },
          { Id: 'twice', Expression: 'cpu * 2', Period: 60, ReturnData: true },
        ],
      },
    ]);
    expect(found.measured.map(({ name }) => name)).toEqual(['cloudwatch.cpu', 'cloudwatch.twice']);
  });

  it('without a value is what its missingData says; a value that is no number is none', async () => {
    const results = [{ Id: 'cpu', Values: [Number.NaN] }];
    expect((await answered(cloudwatch(), results)).found).toMatchObject({
      ok: false,
      reason: 'CloudWatch has no value of cpu in 900 seconds',
      measured: [],
    });
    expect((await answered(cloudwatch({ missingData: 'up' }), [])).found).toMatchObject({ ok: true });
  });

  it('says what CloudWatch refuses, and waits no longer than its time', async () => {
    const forbidden = [{ Id: 'cpu', StatusCode: 'Forbidden' as const, Messages: [{ Value: 'not yours' }] }];
    expect((await answered(cloudwatch({ missingData: 'up' }), forbidden)).found).toMatchObject({
      ok: false,
      reason: 'CloudWatch cannot tell cpu: not yours',
    });
    const never = { getMetricData: () => new Promise<never>(() => undefined) };
    await expect(checkCloudwatch(cloudwatch(), never, AbortSignal.timeout(20), AT)).rejects.toMatchObject({
      name: 'TimeoutError',
    });
  });

  it.each([
    ['neither metric nor expression', { queries: [{ id: 'a' }] }, 'queries.0.expression'],
    ['metric and expression', { queries: [{ ...QUERY, expression: '1' }] }, 'queries.0.expression'],
    ['an id that is there twice', { queries: [QUERY, QUERY] }, 'queries.1.id'],
    ['an expectation of no query', { expect: [{ query: 'x', operator: '<', value: 1 }] }, 'expect.0.query'],
    ['a statistic that is none', { queries: [{ ...QUERY, statistic: 'Median' }] }, 'queries.0.statistic'],
    ['a period of half a minute', { queries: [{ ...QUERY, periodSeconds: 30 }] }, 'queries.0.periodSeconds'],
    [
      'a window shorter than a period',
      { queries: [{ ...QUERY, periodSeconds: 3600 }], windowSeconds: 300 },
      'windowSeconds',
    ],
  ])('is refused with %s', (_what, over, path) => {
    const parsed = safeParse(Check, { type: 'cloudwatch', queries: [QUERY], ...over });
    expect(parsed.error?.issues.map((issue) => issue.path.join('.'))).toContain(path);
  });
});

describe('a monitor of ourselves', () => {
  const check = (ignore: readonly string[] = []): SelfCheck => Check.parse({ type: 'self', ignore }) as SelfCheck;
  const looked = (ringing: MetricAlarm[], exist = true, ignore: readonly string[] = []) => {
    const client = {
      describeAlarms: async ({ StateValue, AlarmNamePrefix }: DescribeAlarmsCommandInput) => {
        expect(AlarmNamePrefix).toBe('Tocsin-dev-');
        return { MetricAlarms: StateValue === 'ALARM' ? ringing : exist ? [{ AlarmName: 'one' }] : [] };
      },
    };
    return checkSelf(check(ignore), client, 'Tocsin-dev-', AbortSignal.timeout(1_000), AT);
  };
  const alarm = (name: string): MetricAlarm => ({
    AlarmName: `Tocsin-dev-${name}`,
    AlarmDescription: `${name} happened.`,
    StateReason: 'Threshold Crossed',
  });

  it('is up while no alarm rings, and down with what rings, but for what is ignored', async () => {
    expect(await looked([])).toMatchObject({ ok: true, measured: [{ name: 'self.alarms', rollup: { last: 0 } }] });
    expect(await looked([alarm('DeadLetters'), alarm('Throttles')], true, ['Throttles'])).toMatchObject({
      ok: false,
      reason: '1 of our own alarms ring. DeadLetters happened. (Threshold Crossed)',
      measured: [{ rollup: { last: 1 } }],
    });
    expect(await looked([alarm('Throttles')], true, ['Throttles'])).toMatchObject({ ok: true });
  });

  it('is down where there are no alarms at all: then nobody watches', async () => {
    expect(await looked([], false)).toMatchObject({ ok: false, reason: 'there are no alarms named Tocsin-dev-…' });
  });
});
