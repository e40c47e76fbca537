import { expect, test } from 'vitest';
import { restoredOption, youngest, type Kept } from '../../../operate/restore/kept.ts';

const kept = (logicalId: string, life: number): Kept => ({
  logicalId,
  arn: `arn:${logicalId}:${life}`,
  createdAt: new Date(Date.UTC(2026, 10, life)),
});

test('a stage that was destroyed twice is deployed over what its last life left behind; the rest is listed', () => {
  const found = [kept('PagingTable', 1), kept('AlertsTable', 2), kept('AlertsTable', 9), kept('DataKey', 9)];
  const { kept: chosen, older } = youngest(found);
  expect(restoredOption(chosen)).toBe(
    '-c restored=AlertsTable=arn:AlertsTable:9,DataKey=arn:DataKey:9,PagingTable=arn:PagingTable:1',
  );
  expect(older).toEqual([kept('AlertsTable', 2)]);
});
