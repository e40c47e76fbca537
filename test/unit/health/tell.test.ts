import { marshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBStreamEvent } from 'aws-lambda';
import { describe, expect, test } from 'vitest';
import type { Report } from '../../../functions/alerts/intake/intake.ts';
import { surface } from '../../../functions/health/reactors/tell.ts';
import { FRESH } from '../../../functions/health/rules/instance.ts';
import { unknownState } from '../../../functions/health/monitors/state.ts';
import { RULE_KIND, STATE_KIND } from '../../../functions/health/table.ts';
import { standingClock } from '../../support/alerts.ts';

/** A write as Lambda reads it from the stream of this label. */
const written = (
  before: object | undefined,
  after: object | undefined,
  label = '2026-11-01T00:00:00.000',
): DynamoDBStreamEvent => ({
  Records: [
    {
      eventName: 'MODIFY',
      eventSourceARN: `arn:aws:dynamodb:eu-central-1:111122223333:table/health/stream/${label}`,
      dynamodb: {
        SequenceNumber: '1',
        ...(before && { OldImage: marshall(before) as never }),
        ...(after && { NewImage: marshall(after) as never }),
      },
    },
  ],
});

const instanceAt = (sequence: number, status: string) => ({
  ...FRESH,
  part: 'RULE#STATE#r',
  item: 'all',
  kind: RULE_KIND,
  rule: 'r',
  dimensions: {},
  instance: 'all',
  status,
  sequence,
});

const monitorAt = (sequence: number, status: string) => ({
  ...unknownState('mon_1', new Date('2026-11-21T03:00:00Z')),
  part: 'MONITOR#STATE',
  item: 'mon_1',
  kind: STATE_KIND,
  status,
  sequence,
});

/** The reader of the stream, and what it reports. */
const reader = () => {
  const reports: Report[] = [];
  const react = surface(
    () =>
      ({
        clock: standingClock(),
        rules: { byId: () => Promise.resolve({ id: 'r', name: 'Deep', severity: 'error' }) },
        monitors: { byId: () => Promise.resolve({ id: 'mon_1', name: 'Shop', enabled: true, check: {} }) },
        history: { keepChange: async () => undefined },
        intake: { report: async (report: Report) => void reports.push(report) },
      }) as never,
  );
  const told = async (event: DynamoDBStreamEvent): Promise<void> =>
    expect(await react(event)).toEqual({ batchItemFailures: [] });
  return { reports, told };
};

/** Each revision is later than the one before. */
const expectAscending = (reports: readonly Report[]): void => {
  const revisions = reports.map(({ revision }) => revision);
  expect(new Set(revisions).size).toBe(revisions.length);
  expect(revisions).toEqual([...revisions].sort());
};

describe('a change of what is watched', () => {
  test('is reported with a revision that ascends, also where the table was restored and its sequences go back', async () => {
    const { reports, told } = reader();
    for (const [label, sequence] of [
      ['2026-11-01T00:00:00.000', 8],
      ['2026-11-01T00:00:00.000', 10],
      ['2026-11-04T12:00:00.000', 2],
    ] as const) {
      await told(written(instanceAt(sequence - 1, 'firing'), instanceAt(sequence, 'ok'), label));
    }
    expect(reports).toHaveLength(3);
    expectAscending(reports);
  });

  test.each([
    ['a monitor that is down', monitorAt],
    ['an instance that fires', instanceAt],
  ])('%s and is deleted is over by a later revision than that of its alert', async (_, at) => {
    const { reports, told } = reader();
    const broken = at === monitorAt ? at(3, 'down') : at(3, 'firing');
    await told(written(at(2, at === monitorAt ? 'up' : 'ok'), broken));
    await told(written(broken, undefined));
    expect(reports.map((report) => ('over' in report ? 'over' : 'wrong'))).toEqual(['wrong', 'over']);
    expectAscending(reports);
  });
});
