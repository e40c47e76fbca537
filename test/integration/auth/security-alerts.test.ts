import { marshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBStreamEvent } from 'aws-lambda';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { securityAlerts } from '../../../functions/audit/security-alerts.ts';
import type { AuditEvent } from '../../../shared/kernel/audit-event.ts';
import type { Alert } from '../../../functions/alerts/alert.ts';
import { changesReactor } from '../../../functions/audit/reactors/changes.ts';
import type { SecurityEvent } from '../../../functions/auth/events.ts';
import { nextAddress, startAuth, type TestAuth } from '../../support/auth.ts';
import { everything, startDynamo, type TestDynamo } from '../../support/dynamo.ts';
import { ingestOn, type Ingest } from '../../support/ingest.ts';

let auth: TestAuth;
let alarms: TestDynamo;
let ingest: Ingest;
let admin: string;
beforeAll(async () => {
  [auth, alarms] = await Promise.all([startAuth(), startDynamo()]);
  ingest = await ingestOn(alarms);
  admin = await auth.admin();
});
afterAll(() => Promise.all([auth.stop(), alarms.stop()]));

const STREAM = 'arn:aws:dynamodb:eu-central-1:1:table/auth/stream/2026-11-01T00:00:00.000';

/** The events that the auth table has at this moment, as its stream carries them. */
const records = async (): Promise<DynamoDBStreamEvent> => {
  const events = (await everything(auth.db.client, auth.table)).flatMap(({ event }) => (event as SecurityEvent) ?? []);
  const inOrder = events.toSorted((one, other) => (one.at + one.id < other.at + other.id ? -1 : 1));
  return {
    Records: inOrder.map((event) => ({
      eventSourceARN: STREAM,
      dynamodb: { SequenceNumber: event.id, NewImage: marshall({ event }, { removeUndefinedValues: true }) },
    })),
  } as unknown as DynamoDBStreamEvent;
};

const stream = async (event?: DynamoDBStreamEvent): Promise<void> => {
  const { intake } = ingest.container();
  const react = changesReactor(() => ({
    clock: ingest.clock,
    store: { add: async () => {} },
    intake,
    sqs: { send: () => Promise.reject(new Error('a record was set aside')) } as never,
    poisonQueueUrl: 'poison',
  }));
  expect(await react(event ?? (await records()))).toEqual({ batchItemFailures: [] });
};

const open = async () =>
  (await everything(alarms.client, ingest.alertsTable))
    .filter(({ item, source, status }) => item === 'OPEN' && source === 'security' && status !== 'resolved')
    .map((each) => each as unknown as Alert);
const raised = async () =>
  (await open()).map(({ title, severity, count, labels }) => ({ title, severity, count, kind: labels['security'] }));

it('a lock-out is an error, a new administrator a warning, and what happens each day is nothing', async () => {
  const { username } = await auth.user(['viewer']);
  const wrong = () =>
    auth.call('POST /api/auth/login', { body: { username, password: 'not the password at all' }, ip: nextAddress() });
  await stream();
  expect(await raised()).toEqual([]);
  for (let i = 0; i < 7; i++) await wrong();
  const made = await auth.call('POST /api/users', { token: admin, body: { username: 'cleo', roles: ['admin'] } });
  expect(made.status).toBe(201);
  await stream();
  expect(await raised()).toEqual(
    expect.arrayContaining([
      {
        title: `Too many wrong logins for ${username}`,
        severity: 'error',
        count: expect.any(Number),
        kind: 'lock_out',
      },
      { title: 'cleo is an administrator now', severity: 'warning', count: 1, kind: 'new_administrator' },
    ]),
  );
});

it('the same records again raise nothing, also after the alert was resolved', async () => {
  const before = await raised();
  const again = await records();
  await stream(again);
  expect(await raised()).toEqual(before);
  const by = { kind: 'user', id: 'usr_ana', name: 'ana' } as const;
  for (const { source, dedupKey } of await open()) await ingest.container().intake.resolve(source, dedupKey, by);
  await stream(again);
  expect(await raised()).toEqual([]);
});

const event = (over: Partial<AuditEvent>): AuditEvent => ({
  id: 'evt_1',
  type: 'user.changed',
  at: '2026-11-21T03:00:00.000Z',
  actor: { kind: 'user', id: 'usr_ana', name: 'ana' },
  subject: { kind: 'user', id: 'usr_ben', name: 'ben' },
  outcome: 'success',
  ip: '198.51.100.7',
  userAgent: 'curl',
  requestId: 'r',
  ...over,
});

it.each<[string, Partial<AuditEvent>, readonly [severity: string, title: string][]]>([
  ['a stolen session', { type: 'session.reuse_detected' }, [['critical', 'A refresh token of ben was used twice']]],
  [
    'guesses at nobody',
    { type: 'login.locked', subject: { kind: 'user', id: '', name: '(no such user)' } },
    [['error', 'Too many wrong logins for a user who does not exist']],
  ],
  [
    'an administrator whose second factor goes at once',
    { detail: { administrator: 'new', secondFactor: 'off' } },
    [
      ['warning', 'ben is an administrator now'],
      ['warning', 'ben has no second factor any more'],
    ],
  ],
  [
    'the last factor',
    { type: 'factor.removed', detail: { secondFactor: 'off' } },
    [['warning', 'ben has no second factor any more']],
  ],
  ['one factor of two', { type: 'factor.removed', detail: { factor: 'Phone' } }, []],
  [
    'a passkey whose counter went back',
    { type: 'passkey.counter_went_back' },
    [['critical', 'A passkey of ben may have been copied']],
  ],
  ['a wrong password', { type: 'login.failed' }, []],
  [
    'the administrator that Tocsin makes',
    { type: 'user.created', actor: { kind: 'system', id: 's', name: 's' }, detail: { administrator: 'new' } },
    [],
  ],
])('%s', (_, over, expected) => {
  const alerts = securityAlerts(event(over));
  expect(alerts.map(({ severity, title }) => [severity, title])).toEqual(expected);
  expect(JSON.stringify(alerts)).not.toContain('198.51.100.7');
});
