import { createHash, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context, DynamoDBStreamEvent, SQSEvent } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AlertMessage } from '../../../functions/alerts/events.ts';
import type { AuditEntry } from '../../../functions/audit/entry.ts';
import { checkpointBefore, checkpointsBetween } from '../../../functions/audit/chain/store.ts';
import { add } from '../../../functions/audit/store.ts';
import { AUDIT_TABLE_SHAPE } from '../../../functions/audit/table.ts';
import { table as tableOf } from '../../../shared/aws/dynamo.ts';
import { startDynamo, testCredentials, type TestDynamo } from '../../support/dynamo.ts';

let db: TestDynamo;
let table: string;
let http: (event: APIGatewayProxyEvent, context: Context) => Promise<APIGatewayProxyResult>;
let security: (event: DynamoDBStreamEvent) => Promise<{ batchItemFailures: object[] }>;
let alerts: (event: SQSEvent) => Promise<{ batchItemFailures: object[] }>;

/** The poison queue: what was sent to it. */
const setAside: string[] = [];
const queueServer = createServer((request, response) => {
  let text = '';
  request.on('data', (chunk: Buffer) => (text += String(chunk)));
  request.on('end', () => {
    const { MessageBody } = JSON.parse(text) as { MessageBody: string };
    setAside.push(MessageBody);
    const MD5OfMessageBody = createHash('md5').update(MessageBody).digest('hex');
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(JSON.stringify({ MessageId: 'm', MD5OfMessageBody }));
  });
});

beforeAll(async () => {
  await new Promise<void>((resolve) => queueServer.listen(0, '127.0.0.1', resolve));
  const queues = `http://127.0.0.1:${(queueServer.address() as AddressInfo).port}`;
  db = await startDynamo();
  table = await db.table(AUDIT_TABLE_SHAPE, 'audit');
  Object.assign(process.env, {
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: testCredentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: testCredentials.secretAccessKey,
    AWS_ENDPOINT_URL_DYNAMODB: db.endpoint,
    AWS_ENDPOINT_URL_SQS: queues,
    AUDIT_TABLE: table,
    AUDIT_RETENTION_DAYS: '90',
    AUDIT_PUBLIC_KEYS_PATH: '/tocsin/test/audit-public-key',
    AUDIT_END_PARAMETER: '/tocsin/test/audit-end',
    ALERTS_TABLE: 'alerts',
    ALERT_RETENTION_DAYS: '90',
    DRAIN_FUNCTION: 'alerts-drain',
    SPILL_QUEUE: `${queues}/spill`,
    POISON_QUEUE: `${queues}/poison`,
    POWERTOOLS_LOG_LEVEL: 'SILENT',
    POWERTOOLS_METRICS_DISABLED: 'true',
  });
  http = (await import('../../../functions/audit/http.ts')).handler as unknown as typeof http;
  security = (await import('../../../functions/audit/reactors/changes.ts')).handler;
  const { alertsReactor } = await import('../../../functions/audit/reactors/alerts.ts');
  alerts = alertsReactor((await import('../../../functions/audit/deps.ts')).alertsDeps);
});
afterAll(async () => {
  queueServer.closeAllConnections();
  queueServer.close();
  await db.stop();
});

const DAY = 86_400_000;
const ago = (milliseconds: number): string => new Date(Date.now() - milliseconds).toISOString();

const event = (over: object = {}) => ({
  id: `evt_${randomUUID()}`,
  type: 'login.failed',
  at: ago(1000),
  actor: { kind: 'user', id: 'usr_01jd3v8m2k7q4xh2g8vq0p1m9d', name: 'ana_b' },
  subject: { kind: 'user', id: 'usr_2', name: 'ben' },
  outcome: 'failure',
  ip: '192.0.2.7',
  userAgent: 'curl',
  requestId: 'r1',
  ...over,
});

const record = (before: object | undefined, after: object | undefined) => ({
  dynamodb: {
    SequenceNumber: randomUUID(),
    ...(before && { OldImage: marshall(before) }),
    ...(after && { NewImage: marshall(after) }),
  },
});
const stream = (...records: object[]) => security({ Records: records } as unknown as DynamoDBStreamEvent);

const list = async (
  query: Record<string, string> = {},
): Promise<{ status: number; body: { items: AuditEntry[]; next: string | null; code?: string } }> => {
  const result = await http(
    {
      httpMethod: 'GET',
      resource: '/api/security/audit',
      path: '/api/security/audit',
      pathParameters: null,
      headers: {},
      multiValueQueryStringParameters: Object.fromEntries(Object.entries(query).map(([k, v]) => [k, [v]])),
      body: null,
      isBase64Encoded: false,
      requestContext: {
        requestId: 'r',
        identity: { sourceIp: '192.0.2.1', userAgent: '' },
        authorizer: { kind: 'user', id: 'usr_1', name: 'auditor', permissions: 'security.audit.read' },
      },
    } as unknown as APIGatewayProxyEvent,
    { functionName: 'audit' } as Context,
  );
  return { status: result.statusCode, body: JSON.parse(result.body) };
};

const all = async (query: Record<string, string> = {}): Promise<AuditEntry[]> => {
  const found: AuditEntry[] = [];
  let next: string | null = null;
  do {
    const { body }: Awaited<ReturnType<typeof list>> = await list({ ...query, ...(next && { cursor: next }) });
    found.push(...body.items);
    next = body.next;
  } while (next);
  return found;
};

describe('a security event', () => {
  it('is stored once, however often its record is delivered', async () => {
    const written = event();
    const item = { pk: 'x', sk: 'y', event: written };
    await stream(record(undefined, item), record(undefined, item));
    await stream(record(undefined, item));
    const kept = (await all()).filter(({ id }) => id === written.id);
    expect(kept).toEqual([{ ...written, action: 'login.failed', type: undefined, detail: {} }].map(withoutUndefined));
  });

  it('is not stored again by a later write that leaves it in the item', async () => {
    const written = event();
    const { batchItemFailures } = await stream(
      record({ event: written }, { event: written, lastUsedAt: 'now' }),
      record({ event: written }, undefined),
    );
    expect(batchItemFailures).toEqual([]);
    expect((await all()).filter(({ id }) => id === written.id)).toEqual([]);
  });

  it('that is none is set aside whole, and the others pass', async () => {
    const good = event();
    const broken = record(undefined, { event: event({ at: 'no time' }) });
    const { batchItemFailures } = await stream(broken, record(undefined, { event: good }));
    expect(batchItemFailures).toEqual([]);
    expect((await all()).map(({ id }) => id)).toContain(good.id);
    expect(setAside.at(-1)).toContain(broken.dynamodb.SequenceNumber);
  });

  it('is tried again from where the table refused', async () => {
    const records = [record(undefined, { event: event() }), record(undefined, { event: event() })];
    const tooLarge = record(undefined, { event: event({ detail: { text: 'x'.repeat(450_000) } }) });
    const { batchItemFailures } = await stream(records[0] ?? {}, tooLarge, records[1] ?? {});
    expect(batchItemFailures).toEqual([{ itemIdentifier: tooLarge.dynamodb.SequenceNumber }]);
  });
});

describe('a change of an alert', () => {
  const message = (over: Partial<AlertMessage> = {}): AlertMessage =>
    ({
      schema: 'tocsin.alert/1',
      transition: 'acknowledged',
      sequence: 2,
      at: ago(500),
      actor: { kind: 'user', id: 'usr_9', name: 'cleo' },
      note: 'On it.',
      alert: { id: `alr_${randomUUID()}`, title: 'Checkout answers 500', severity: 'critical', status: 'acknowledged' },
      ...over,
    }) as AlertMessage;
  const queue = (...bodies: string[]) =>
    alerts({ Records: bodies.map((body, i) => ({ messageId: `m${i}`, body })) } as unknown as SQSEvent);

  it('is stored once, raw or in the envelope of the topic', async () => {
    const one = message();
    await queue(JSON.stringify(one), JSON.stringify({ Type: 'Notification', Message: JSON.stringify(one) }));
    const kept = (await all({ action: 'alert.acknowledged' })).filter(({ subject }) => subject.id === one.alert.id);
    expect(kept).toHaveLength(1);
    expect(kept[0]).toMatchObject({ actor: { name: 'cleo' }, outcome: 'success', detail: { note: 'On it.' } });
  });

  it('that cannot be read is tried again, and the others pass', async () => {
    const good = message();
    const { batchItemFailures } = await queue('{', JSON.stringify({ schema: 'other' }), JSON.stringify(good));
    expect(batchItemFailures).toEqual([{ itemIdentifier: 'm0' }, { itemIdentifier: 'm1' }]);
    expect((await all({ action: 'alert.*' })).some(({ subject }) => subject.id === good.alert.id)).toBe(true);
  });
});

describe('200', () => {
  const actor = { kind: 'user', id: 'usr_01jd3v8m2k7q4xh2g8vq0p1mzz', name: 'dora' };
  const written = [
    event({ at: ago(80 * DAY), actor, type: 'user.changed', outcome: 'success' }),
    event({ at: ago(40 * DAY), actor, type: 'login.failed', outcome: 'failure' }),
    event({ at: ago(39 * DAY), actor, type: 'session.reuse_detected', outcome: 'denied' }),
    event({ at: ago(2 * DAY), actor, type: 'login.succeeded', outcome: 'success' }),
    event({ at: ago(1 * DAY), actor, type: 'login.failed', outcome: 'failure' }),
  ];
  const newest = [...written].reverse();
  beforeAll(async () => {
    await stream(...written.map((each) => record(undefined, { event: each })));
  });

  const ids = (entries: readonly { id: string }[]): string[] => entries.map(({ id }) => id);

  it('what somebody did, by id or by name, newest first, over months and pages', async () => {
    expect(ids(await all({ actor: actor.id, limit: '2' }))).toEqual(ids(newest));
    expect(ids(await all({ actor: 'dora', limit: '2' }))).toEqual(ids(newest));
  });

  it('by action, by outcome, by time, and by all of them together', async () => {
    expect(ids(await all({ actor: actor.id, action: 'login.failed' }))).toEqual(ids([written[4], written[1]] as never));
    expect(ids(await all({ actor: actor.id, action: 'login.*' }))).toEqual(
      ids([newest[0], newest[1], written[1]] as never),
    );
    expect(ids(await all({ outcome: 'denied' }))).toContain(written[2]?.id);
    expect(ids(await all({ actor: actor.id, outcome: 'success' }))).toEqual(ids([written[3], written[0]] as never));
    expect(ids(await all({ actor: actor.id, from: ago(40.5 * DAY), to: ago(1.5 * DAY) }))).toEqual(
      ids([written[3], written[2], written[1]] as never),
    );
  });

  it('a range that reaches far beyond what is stored takes as many pages as the retention has months', async () => {
    let pages = 0;
    let next: string | null = null;
    do {
      const { body }: Awaited<ReturnType<typeof list>> = await list({
        actor: 'nobody-did-this',
        from: '1970-01-01T00:00:00Z',
        to: '2100-01-01T00:00:00Z',
        ...(next && { cursor: next }),
      });
      next = body.next;
      pages += 1;
    } while (next);
    expect(pages).toBe(1);
  });

  it('what is older than the retention is not listed, and goes by itself', async () => {
    const old = event({ at: ago(91 * DAY), actor: { ...actor, id: 'usr_01jd3v8m2k7q4xh2g8vq0p1myy' } });
    await stream(record(undefined, { event: old }));
    expect(await all({ actor: old.actor.id })).toEqual([]);
  });
});

describe('400', () => {
  it.each([
    { actor: '' },
    { action: 'x' },
    { action: '*' },
    { outcome: 'maybe' },
    { from: 'yesterday' },
    { limit: '0' },
    { x: 'y' },
  ])('a filter that makes no sense: %j', async (query) =>
    expect((await list(query as unknown as Record<string, string>)).status).toBe(400),
  );

  it('a cursor of another query', async () => {
    const { body } = await list({ limit: '1' });
    const { status, body: problem } = await list({ limit: '1', outcome: 'failure', cursor: body.next ?? '' });
    expect([status, problem.code]).toEqual([400, 'cursor.invalid']);
  });
});

describe('the store', () => {
  it('has no checkpoints in a range that ends where it begins, or before', async () => {
    const audit = { ...tableOf(db.client, table), retentionDays: 90 };
    const [early, later] = ['2026-03-10T00:00:00.000Z', '2026-03-11T00:00:00.000Z'];
    expect(await checkpointsBetween(audit, { from: later, to: later }, 10)).toEqual([]);
    expect(await checkpointsBetween(audit, { from: later, to: early }, 10)).toEqual([]);
    expect(await checkpointsBetween(audit, { from: early, to: later }, 10)).toEqual([]);
    expect(await checkpointBefore(audit)).toBeUndefined();
  });

  it('stores an entry in one round trip', async () => {
    const audit = { ...tableOf(db.client, table), retentionDays: 90 };
    const { type: action, ...rest } = event();
    const cost = await db.cost(() => add(audit, { ...rest, action, outcome: 'failure', detail: {} }, new Date()));
    expect(cost).toMatchObject({ roundTrips: 1, readUnits: 0 });
  });
});

const withoutUndefined = (value: object): object =>
  Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined));
