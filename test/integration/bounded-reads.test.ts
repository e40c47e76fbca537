import { expect, test } from 'vitest';
import { BUDGETS, HEALTH_TABLE_SHAPE } from '../../functions/health/table.ts';
import { list as listRules } from '../../functions/incidents/rules/rule-store.ts';
import { INCIDENTS_TABLE_SHAPE } from '../../functions/incidents/table.ts';
import type { StoredPage } from '../../functions/paging/pages/page.ts';
import { PAGING_TABLE_SHAPE, PHONE_PREFIX } from '../../functions/paging/table.ts';
import { table } from '../../shared/aws/dynamo.ts';
import type { TableShape } from '../../shared/aws/table-shape.ts';
import { sha256 } from '../../shared/kernel/ids.ts';
import { healthStores } from '../support/health.ts';
import { memoryTable } from '../support/memory-table.ts';
import { escalationStore, replyStore } from '../support/stores.ts';
import { alertSubject } from '../../functions/paging/subject.ts';

/** A table with so many items of one partition, `item(n)` beside its key. */
const filled = async (
  shape: TableShape,
  count: number,
  item: (n: number) => Readonly<Record<string, unknown>> & { readonly part: string; readonly item: string },
) => {
  const made = memoryTable(shape);
  const target = table(made.client, made.tableName);
  for (let n = 0; n < count; n++) await target.put(item(n));
  return made;
};
const numbered = (n: number): string => String(n).padStart(6, '0');

test('rules of incidents are read whole, however many were deleted', async () => {
  const { client, tableName } = await filled(INCIDENTS_TABLE_SHAPE, 1_001, (n) => ({
    part: 'RULE',
    item: `rule_${numbered(n)}`,
    id: `rule_${numbered(n)}`,
    deleted: n !== 1_000,
  }));
  expect((await listRules(table(client, tableName))).filter(({ deleted }) => !deleted)).toHaveLength(1);
});

test('the pages of a round are read whole, however many loops and people it has', async () => {
  const key = (n: number): string => `00#00#${numbered(n)}`;
  const { client, tableName } = await filled(PAGING_TABLE_SHAPE, 1_001, (n) => ({
    part: 'ALERT#alr_1',
    item: `PAGE#${key(n)}`,
    alertId: 'alr_1',
    key: key(n),
  }));
  const page = { subject: alertSubject('alr_1'), key: key(0) } as StoredPage;
  expect(await escalationStore(client, tableName, 30).pagesOfRound(page)).toHaveLength(1_001);
});

test('a code that is good on a phone is found among a thousand that have expired', async () => {
  const phone = '+41790000000';
  const { client, tableName } = await filled(PAGING_TABLE_SHAPE, 1_001, (n) => ({
    part: PHONE_PREFIX + sha256(phone),
    item: `CODE#${numbered(n)}`,
    expiresAt: n === 1_000 ? '2026-11-22T00:00:00.000Z' : '2026-11-20T00:00:00.000Z',
  }));
  const code = await replyStore(client, tableName).goodOn(phone, new Date('2026-11-21T03:00:00.000Z'));
  expect(code).toMatchObject({ expiresAt: '2026-11-22T00:00:00.000Z' });
});

test('error budgets are judged, however many services had one', async () => {
  const on = await filled(HEALTH_TABLE_SHAPE, 5_001, (n) => ({
    part: BUDGETS,
    item: `service-${numbered(n)}`,
    service: `service-${numbered(n)}`,
  }));
  expect(await healthStores(on).budgets.all()).toHaveLength(5_001);
});

test('a read that refuses more than so many items takes exactly as many', async () => {
  const { client, tableName } = await filled(PAGING_TABLE_SHAPE, 20, (n) => ({ part: 'X', item: numbered(n) }));
  const query = { where: '#part = :part', values: { part: 'X' } };
  expect(await table(client, tableName).all(query, 20)).toHaveLength(20);
  await expect(table(client, tableName).all(query, 19)).rejects.toThrow('More than 19 items');
});
