import { randomUUID } from 'node:crypto';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ALERTS_TABLE_SHAPE } from '../../functions/alerts/table.ts';
import type { Actor, AlertEvent } from '../../functions/alerts/alert.ts';
import type { Deps } from '../../functions/alerts/http.ts';
import { intake } from '../../functions/alerts/intake/intake.ts';
import * as replays from '../../functions/alerts/intake/replay-store.ts';
import type { ReplayStore } from '../../functions/alerts/intake/replay-store.ts';
import * as reads from '../../functions/alerts/read-store.ts';
import * as inhibition from '../../functions/alerts/inhibition/store.ts';
import * as silences from '../../functions/alerts/silences/store.ts';
import type { SilenceStore } from '../../functions/alerts/silences/store.ts';
import * as slots from '../../functions/alerts/slot-store.ts';
import type { AlertStore } from '../../functions/alerts/store.ts';
import * as subscriptions from '../../functions/alerts/subscriptions/store.ts';
import * as views from '../../functions/alerts/views/store.ts';
import { table } from '../../shared/aws/dynamo.ts';
import { bound } from '../../shared/kernel/bound.ts';
import type { Clock } from '../../shared/kernel/clock.ts';
import type { TestDynamo } from './dynamo.ts';

export const anna: Actor = { kind: 'user', id: 'usr_anna', name: 'anna' };
export const machine: Actor = { kind: 'machine', id: 'key_prometheus', name: 'prometheus' };

/** All stores over one alerts table. */
export const alertStores = (client: DynamoDBClient, tableName: string, retentionDays = 30): AlertStores => {
  const alerts = { ...table(client, tableName), retentionDays };
  return {
    store: bound({ ...reads, ...slots }, alerts),
    replay: bound(replays, alerts),
    silences: bound(silences, alerts),
  };
};

export interface AlertStores {
  readonly store: AlertStore;
  readonly replay: ReplayStore;
  readonly silences: SilenceStore;
}

/** What the routes of the alerts need, over one table. Its topic and its spill queue refuse everything. */
export const alertsDeps = (client: DynamoDBClient, tableName: string, clock: Clock): Deps => {
  const { store, silences } = alertStores(client, tableName);
  const refuse = (): Promise<never> => Promise.reject(new Error('refused'));
  const topic = {
    sns: { send: refuse },
    arn: 'arn:aws:sns:eu-central-1:111122223333:alerts',
    makers: table(client, tableName),
  };
  return {
    clock,
    startedAt: clock.now(),
    store,
    silences,
    intake: intake({ clock, store, spill: { keep: refuse, wakeReader: refuse } }),
    inhibition: bound(inhibition, table(client, tableName)),
    views: bound(views, table(client, tableName)),
    subscriptions: bound(subscriptions, topic),
    rules: { topicArn: topic.arn, allowsPrivate: false },
  };
};

/** An alerts table of its own, and the stores on top of it. */
export const alertsIn = async (
  dynamo: TestDynamo,
  retentionDays = 30,
): Promise<AlertStores & { readonly tableName: string }> => {
  const tableName = await dynamo.table(ALERTS_TABLE_SHAPE, 'alerts');
  return { ...alertStores(dynamo.client, tableName, retentionDays), tableName };
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
