import { randomUUID } from 'node:crypto';
import { ALERTS_TABLE_SHAPE } from '../../functions/alerts/table.ts';
import type { Actor, AlertEvent } from '../../functions/alerts/alert.ts';
import { lateStore, type LateStore } from '../../functions/alerts/intake/replay-store.ts';
import { alertStore, type AlertStore } from '../../functions/alerts/store.ts';
import type { Clock } from '../../shared/kernel/clock.ts';
import type { TestDynamo } from './dynamo.ts';

export const anna: Actor = { kind: 'user', id: 'usr_anna', name: 'anna' };
export const machine: Actor = { kind: 'machine', id: 'key_prometheus', name: 'prometheus' };

/** An alerts table of its own, and the stores on top of it. */
export const alertsIn = async (
  dynamo: TestDynamo,
  retentionDays = 30,
): Promise<{ readonly store: AlertStore; readonly late: LateStore; readonly tableName: string }> => {
  const tableName = await dynamo.table(ALERTS_TABLE_SHAPE, 'alerts');
  return {
    store: alertStore(dynamo.client, tableName, retentionDays),
    late: lateStore(dynamo.client, tableName, retentionDays),
    tableName,
  };
};

/** An event about something that no other test speaks of. */
export const anEvent = (over: Partial<AlertEvent> = {}): AlertEvent => ({
  source: 'test',
  dedupKey: randomUUID(),
  title: 'Checkout answers 500',
  severity: 'error',
  description: 'Every third payment fails.',
  service: 'checkout',
  team: 'payments',
  labels: { region: 'eu-central-1' },
  annotations: { runbook_url: 'https://runbook.example/checkout' },
  ...over,
});

/** A clock that stands until it is moved. */
export const standingClock = (
  start = '2026-11-21T03:00:00.000Z',
): Clock & { advance(milliseconds: number): Date; set(at: Date): void } => {
  let now = new Date(start);
  return {
    now: () => now,
    advance: (milliseconds) => (now = new Date(now.getTime() + milliseconds)),
    set: (at) => {
      now = at;
    },
  };
};
