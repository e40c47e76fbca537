import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { PublishCommand } from '@aws-sdk/client-sns';
import type { SendMessageCommand } from '@aws-sdk/client-sqs';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { acknowledgement, resolution, slotOf, type StoredAlert } from '../../../functions/alerts/alert.ts';
import { followersBy, type AlertMessage } from '../../../functions/alerts/events.ts';
import { keeper } from '../../../functions/alerts/reactors/keep.ts';
import { notifier, type NotifyDeps } from '../../../functions/alerts/publish/notifier.ts';
import type { Silence } from '../../../functions/alerts/silences/silence.ts';
import type { AlertStore } from '../../../functions/alerts/store.ts';
import { eventNameIn } from '../../../functions/alerts/event-names.ts';
import { table } from '../../../shared/aws/dynamo.ts';
import { alertsIn, alertStores, anEvent, anna, machine, standingClock } from '../../support/alerts.ts';
import { startDynamo, type TestDynamo } from '../../support/dynamo.ts';

vi.hoisted(() => Object.assign(process.env, { POWERTOOLS_LOG_LEVEL: 'SILENT', POWERTOOLS_METRICS_DISABLED: 'true' }));

let keepDeps: ReturnType<Parameters<typeof keeper>[0]>;
let notifyDeps: NotifyDeps;
const keep = keeper(() => keepDeps);
const notify = notifier(() => notifyDeps);

let dynamo: TestDynamo;
let store: AlertStore;
let tableName: string;
const clock = standingClock();
beforeAll(async () => {
  dynamo = await startDynamo();
  ({ store, tableName } = await alertsIn(dynamo));
});
afterAll(() => dynamo.stop());

type Image = Record<string, unknown>;
let sequenceNumber = 0;
const recordOf = (before: Image | undefined, after: Image | undefined): DynamoDBRecord =>
  ({
    eventName: before ? (after ? 'MODIFY' : 'REMOVE') : 'INSERT',
    dynamodb: {
      SequenceNumber: String(++sequenceNumber),
      ...(before && { OldImage: marshall(before, { removeUndefinedValues: true }) }),
      ...(after && { NewImage: marshall(after, { removeUndefinedValues: true }) }),
    },
  }) as unknown as DynamoDBRecord;
const numberOf = (record: DynamoDBRecord | undefined) => record?.dynamodb?.SequenceNumber ?? '';

const itemsOf = (slot: string) =>
  table(dynamo.client, tableName).all<Image>({ where: '#slot = :slot', values: { slot }, consistent: true });

/** A life of an alert: the items in the table at its end, and the stream's records of it. */
const life = async () => {
  const event = anEvent();
  const slot = slotOf(event.source, event.dedupKey);
  const seen = async () => (await itemsOf(slot)).find(({ item }) => item === 'OPEN');
  const records: DynamoDBRecord[] = [];
  let before: Image | undefined;
  const step = async (work: () => Promise<unknown>) => {
    clock.advance(1000);
    await work();
    const after = await seen();
    records.push(recordOf(before, after));
    before = after;
  };
  await step(() => store.raise(event, machine, clock.now(), eventNameIn('1.1')));
  const id = String(before?.['id']);
  await step(() => store.raise(event, machine, clock.now(), eventNameIn('2.1')));
  await step(() => store.change(id, acknowledgement(anna, clock.now(), 'On it.')));
  await step(() => store.change(id, resolution(anna, clock.now(), 'Done.')));
  const timeline = async () => {
    const alert = (await store.byId(id)) as StoredAlert;
    return (await store.timeline(alert, { limit: 100 })).items
      .toReversed()
      .map(({ sequence, type }) => [sequence, type]);
  };
  return { event, slot, id, records, seen, timeline };
};

const WHOLE = [
  [1, 'opened'],
  [2, 'acknowledged'],
  [3, 'resolved'],
];

describe('writing timelines and archiving resolved alerts', () => {
  /** The reactor's store, in a process that dies at its n-th call of DynamoDB, before it or after it. */
  const dyingAt = (call: number, when: 'before' | 'after') => {
    let calls = 0;
    const died = Object.assign(new Error('the process died'), { name: 'Died' });
    const client = {
      send: async (command: never) => {
        calls++;
        if (calls === call && when === 'before') throw died;
        const result: unknown = await dynamo.client.send(command);
        if (calls === call) throw died;
        return result;
      },
    } as unknown as DynamoDBClient;
    keepDeps = { store: alertStores(client, tableName).store, sqs: { send: vi.fn() }, poisonQueueUrl: 'q' };
    return () => calls;
  };
  const whole = async ({ id, seen, timeline, slot }: Awaited<ReturnType<typeof life>>) => {
    expect(await timeline()).toEqual(WHOLE);
    expect(await store.byId(id)).toMatchObject({ status: 'resolved', count: 2, sequence: 3 });
    expect(Object.keys((await seen()) ?? {}).sort()).toEqual(['by_1', 'by_2', 'closedAt', 'item', 'slot', 'ttl']);
    expect(await itemsOf(slot), 'the tombstone, the alert and its second entry').toHaveLength(3);
  };

  it('a transition that another follows is an entry, and the resolved alert leaves a tombstone', async () => {
    dyingAt(0, 'before');
    const one = await life();
    expect((await keep({ Records: one.records })).batchItemFailures).toEqual([]);
    await whole(one);
  });

  it('the same records again, and in the order of a retry, change nothing', async () => {
    dyingAt(0, 'before');
    const one = await life();
    for (const start of [0, 0, 2, 3, 1]) await keep({ Records: one.records.slice(start) });
    await whole(one);
  });

  const CALLS = 3;
  it(`takes ${CALLS} calls for a life`, async () => {
    const calls = dyingAt(0, 'before');
    await keep({ Records: (await life()).records });
    expect(calls()).toBe(CALLS);
  });

  it.each(
    Array.from({ length: CALLS }, (_, index) => index + 1).flatMap((call) => [
      [call, 'before' as const],
      [call, 'after' as const],
    ]),
  )('a death at call %i, %s it, loses nothing and doubles nothing', async (call, when) => {
    const one = await life();
    dyingAt(call, when);
    const { batchItemFailures } = await keep({ Records: one.records });
    expect(batchItemFailures).toHaveLength(1);
    const from = one.records.findIndex((record) => numberOf(record) === batchItemFailures[0]?.itemIdentifier);
    dyingAt(0, 'before');
    expect((await keep({ Records: one.records.slice(from) })).batchItemFailures).toEqual([]);
    await whole(one);
  });

  it('a raise between death and retry is untouched by the retry', async () => {
    const one = await life();
    dyingAt(2, 'after');
    await keep({ Records: one.records });
    const { alert } = await store.raise(one.event, machine, clock.advance(1000), eventNameIn('3.1'));
    dyingAt(0, 'before');
    await keep({ Records: one.records });
    expect(await store.byId(alert.id)).toMatchObject({ status: 'open', count: 1 });
    expect(await one.timeline()).toEqual(WHOLE);
  });

  it('a poisoned record is set aside, whole, and those behind it are written', async () => {
    const one = await life();
    dyingAt(0, 'before');
    const send = vi.fn(async (_: unknown) => ({}));
    keepDeps = { ...keepDeps, sqs: { send } };
    const poison = recordOf(undefined, { slot: 'x', item: 'OPEN', id: 'alr_x', sequence: 'one' });
    expect((await keep({ Records: [poison, ...one.records] })).batchItemFailures).toEqual([]);
    await whole(one);
    const [[command] = []] = send.mock.calls as unknown as [[{ input: { MessageBody: string } }]];
    expect(JSON.parse(command?.input.MessageBody ?? '')).toMatchObject({ record: { dynamodb: poison.dynamodb } });
  });

  it('a record that is no image is poison, too; where it cannot be set aside the next attempt begins there', async () => {
    const one = await life();
    dyingAt(0, 'before');
    const broken = { dynamodb: { SequenceNumber: 'broken', NewImage: { id: {} } } } as unknown as DynamoDBRecord;
    const batch = { Records: [one.records[0] as DynamoDBRecord, broken, ...one.records.slice(1)] };
    const deps = keepDeps;
    keepDeps = { ...deps, sqs: { send: () => Promise.reject(new Error('SQS is down')) } };
    expect((await keep(batch)).batchItemFailures).toEqual([{ itemIdentifier: 'broken' }]);
    keepDeps = { ...deps, sqs: { send: vi.fn(async () => ({})) } };
    expect((await keep({ Records: batch.Records.slice(1) })).batchItemFailures).toEqual([]);
    await whole(one);
  });
});

describe('publishing transitions', () => {
  let published: AlertMessage[];
  let kept: unknown[];
  let silences: Silence[];
  let silencesRead: number;
  let asked: string[][];
  let recorded: string[];
  let muted: string[];
  let named: unknown[];
  const concern = ({ transition }: AlertMessage) => transition !== 'opened';
  let failing: (count: number) => Error | undefined;
  beforeEach(() => {
    published = [];
    kept = [];
    silences = [];
    silencesRead = 0;
    [asked, recorded, named, muted] = [[], [], [], []];
    failing = () => undefined;
    let calls = 0;
    const send = async (command: PublishCommand) => {
      const error = failing(++calls);
      if (error) throw error;
      const { default: json } = JSON.parse(command.input.Message ?? '') as { default: string };
      published.push(JSON.parse(json) as AlertMessage);
      named.push(JSON.parse(command.input.MessageAttributes?.['followers']?.StringValue ?? '[]'));
      return {};
    };
    notifyDeps = {
      sns: { send },
      sqs: {
        send: vi.fn(async ({ input }: SendMessageCommand) => {
          if (input.QueueUrl === 'trail') kept.push(JSON.parse(input.MessageBody ?? ''));
          return {};
        }),
      },
      poisonQueueUrl: 'q',
      trailQueueUrl: 'trail',
      clock,
      silences: { all: async () => (silencesRead++, silences) },
      topicArn: 't',
      environment: 'test',
      followersIn: (batch) => {
        asked.push(batch.map(({ transition }) => transition));
        return Promise.resolve(followersBy(concern, concern));
      },
      findPublished: async () => () => false,
      recordFigure: (message) => {
        recorded.push(message.transition);
        return Promise.resolve();
      },
      followMuted: (batch) => {
        asked.push(batch.map(({ transition }) => transition));
        return async ({ transition }) => void muted.push(transition);
      },
    };
  });
  const told = () => published.map(({ sequence, transition }) => [sequence, transition]);

  it('each transition once, in order; a repeat of the alert and the move are none', async () => {
    const one = await life();
    const last = (await one.seen()) as Image;
    const moved = [
      recordOf(undefined, { ...last, item: one.id }),
      recordOf(last, { slot: one.slot, item: 'OPEN', closedAt: 'x' }),
    ];
    expect((await notify({ Records: [...one.records, ...moved] })).batchItemFailures).toEqual([]);
    expect(told()).toEqual(WHOLE);
    expect(published.every(({ alert }) => alert.id === one.id)).toBe(true);
    expect(silencesRead, 'for the whole batch').toBe(1);
  });

  it('names the followers of each transition, asked once for the batch, and adds each to the figures', async () => {
    const one = await life();
    await notify({ Records: one.records });
    expect(asked).toEqual([WHOLE.map(([, type]) => type)]);
    expect(named).toEqual([[], ['audit', 'chats', 'incidents', 'paging'], ['audit', 'chats', 'incidents', 'paging']]);
    expect(recorded).toEqual(WHOLE.map(([, type]) => type));
  });

  it('nothing while a silence is active that matches: what people do goes to the audit trail, and all to incidents and figures', async () => {
    const one = await life();
    silences = [
      {
        id: 's1',
        matchers: [{ name: 'service', value: 'check.*', isRegex: true, isEqual: true }],
        startsAt: '2026-11-21T00:00:00.000Z',
        endsAt: '2030-01-01T00:00:00.000Z',
        updatedAt: '2026-11-21T00:00:00.000Z',
        createdBy: 'ana',
        comment: '',
        version: 1,
      },
    ];
    expect((await notify({ Records: one.records })).batchItemFailures).toEqual([]);
    expect(told()).toEqual([]);
    expect(kept.map((message) => (message as AlertMessage).transition)).toEqual(['acknowledged', 'resolved']);
    expect([muted, asked]).toEqual([WHOLE.map(([, type]) => type), [WHOLE.map(([, type]) => type)]]);
    expect(recorded, 'as published').toEqual([]);
  });

  it('a change of a silence goes to the audit trail, once', async () => {
    const before = { slot: 'SILENCE', item: 's1', event: { id: 'evt_1', type: 'silence.created' } };
    const after = { ...before, event: { id: 'evt_2', type: 'silence.expired' } };
    const records = [recordOf(undefined, before), recordOf(before, after), recordOf(after, { ...after, rungAt: 'x' })];
    expect((await notify({ Records: records })).batchItemFailures).toEqual([]);
    expect(kept).toEqual([before, after].map(({ event }) => ({ schema: 'tocsin.audit/1', event })));
    expect(told()).toEqual([]);
  });

  it('a record that is delivered again is published again with the same sequence, so that a subscriber can tell', async () => {
    const one = await life();
    await notify({ Records: [...one.records, ...one.records.slice(2, 3)] });
    expect(told()).toEqual([...WHOLE, [2, 'acknowledged']]);
  });

  it('records out of order are published with sequences that order them', async () => {
    const one = await life();
    await notify({ Records: [...one.records].reverse() });
    expect(told().sort()).toEqual(WHOLE);
  });

  it.each([1, 2, 3])(
    'where publication %i fails, the next attempt begins there and tells nothing twice',
    async (at) => {
      const one = await life();
      failing = (count) =>
        count === at ? Object.assign(new Error('throttled'), { name: 'ThrottledException' }) : undefined;
      const { batchItemFailures } = await notify({ Records: one.records });
      const transitions = [0, 2, 3];
      expect(batchItemFailures).toEqual([{ itemIdentifier: numberOf(one.records[transitions[at - 1] ?? 0]) }]);
      failing = () => undefined;
      const from = one.records.findIndex((record) => numberOf(record) === batchItemFailures[0]?.itemIdentifier);
      await notify({ Records: one.records.slice(from) });
      expect(told()).toEqual(WHOLE);
    },
  );

  it('while SNS is down nothing is published and nothing is lost', async () => {
    const one = await life();
    failing = () => Object.assign(new Error('down'), { code: 'ECONNREFUSED' });
    for (let i = 0; i < 5; i++) {
      expect((await notify({ Records: one.records })).batchItemFailures).toEqual([
        { itemIdentifier: numberOf(one.records[0]) },
      ]);
    }
    failing = () => undefined;
    await notify({ Records: one.records });
    expect(told()).toEqual(WHOLE);
  });

  it('a message that SNS will never accept is set aside, and the others are published', async () => {
    const one = await life();
    failing = (count) =>
      count === 1 ? Object.assign(new Error('too long'), { name: 'InvalidParameterException' }) : undefined;
    expect((await notify({ Records: one.records })).batchItemFailures).toEqual([]);
    expect(told()).toEqual(WHOLE.slice(1));
    expect(notifyDeps.sqs.send).toHaveBeenCalledOnce();
  });

  it('a process that dies right after publishing publishes that one transition twice, and no other', async () => {
    const one = await life();
    const sns = notifyDeps.sns as { send: (command: PublishCommand) => Promise<object> };
    const send = sns.send;
    let calls = 0;
    sns.send = async (command) => {
      const result = await send(command);
      if (++calls === 2) throw new Error('the process died');
      return result;
    };
    const { batchItemFailures } = await notify({ Records: one.records });
    const from = one.records.findIndex((record) => numberOf(record) === batchItemFailures[0]?.itemIdentifier);
    await notify({ Records: one.records.slice(from) });
    expect(told()).toEqual([
      [1, 'opened'],
      [2, 'acknowledged'],
      [2, 'acknowledged'],
      [3, 'resolved'],
    ]);
  });
});
