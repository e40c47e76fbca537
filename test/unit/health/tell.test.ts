import { marshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBStreamEvent } from 'aws-lambda';
import { describe, expect, test } from 'vitest';
import type { Report } from '../../../functions/alerts/intake/intake.ts';
import { surface } from '../../../functions/health/reactors/tell.ts';
import { FRESH } from '../../../functions/health/rules/instance.ts';
import { RULE_KIND } from '../../../functions/health/table.ts';
import { standingClock } from '../../support/alerts.ts';

/** A change of an instance of a rule, as Lambda reads it from the stream of this label. */
const changed = (label: string, sequence: number): DynamoDBStreamEvent => {
  const item = (number: number, status: string) =>
    marshall({
      ...FRESH,
      part: 'RULE#STATE#r',
      item: 'all',
      kind: RULE_KIND,
      rule: 'r',
      instance: 'all',
      status,
      sequence: number,
    });
  return {
    Records: [
      {
        eventName: 'MODIFY',
        eventSourceARN: `arn:aws:dynamodb:eu-central-1:111122223333:table/health/stream/${label}`,
        dynamodb: {
          SequenceNumber: '1',
          OldImage: item(sequence - 1, 'firing') as never,
          NewImage: item(sequence, 'ok') as never,
        },
      },
    ],
  };
};

describe('a change of what is watched', () => {
  test('is reported with a revision that ascends, also where the table was restored and its sequences go back', async () => {
    const reports: Report[] = [];
    const react = surface(
      () =>
        ({
          clock: standingClock(),
          rules: { byId: () => Promise.resolve({ id: 'r' }) },
          intake: { report: async (report: Report) => void reports.push(report) },
        }) as never,
    );
    for (const [label, sequence] of [
      ['2026-11-01T00:00:00.000', 8],
      ['2026-11-01T00:00:00.000', 10],
      ['2026-11-04T12:00:00.000', 2],
    ] as const) {
      expect(await react(changed(label, sequence))).toEqual({ batchItemFailures: [] });
    }
    const revisions = reports.map(({ revision }) => revision);
    expect(new Set(revisions).size).toBe(3);
    expect(revisions).toEqual([...revisions].sort());
  });
});
