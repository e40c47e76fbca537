import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isRead, wayOf, type DeadLetter, type Feed } from '../../../operate/redrive/dead-letter.ts';
import { redrive, type Account } from '../../../operate/redrive/redrive.ts';

const arn = (name: string): string => `arn:aws:sqs:eu-central-1:111122223333:${name}`;
const TOPIC = 'arn:aws:sns:eu-central-1:111122223333:Tocsin-prod-data-AlertsTopic-1';
const REPLIES = 'arn:aws:sns:eu-central-1:111122223333:Tocsin-prod-data-SmsRepliesTopic-1';
const DEAD = arn('dead');
const FEEDS: readonly Feed[] = [
  { topicArn: TOPIC, queueArn: arn('feed'), deadLettersArn: DEAD },
  { topicArn: TOPIC, queueArn: arn('news'), deadLettersArn: DEAD },
  { topicArn: TOPIC, queueArn: arn('trail'), deadLettersArn: arn('other-dead') },
  { topicArn: REPLIES, queueArn: arn('answers'), deadLettersArn: DEAD },
];
const STREAM = 'arn:aws:dynamodb:eu-central-1:111122223333:table/alerts/stream/2026';
const FUNCTION = 'arn:aws:lambda:eu-central-1:111122223333:function:keep';

const letter = (body: unknown, over: Partial<DeadLetter> = {}): DeadLetter => ({
  id: 'm1',
  body: typeof body === 'string' ? body : JSON.stringify(body),
  sourceQueueArn: undefined,
  group: undefined,
  sentAt: new Date('2026-11-30T03:00:00Z'),
  ...over,
});
const gaveUp = {
  requestContext: { functionArn: FUNCTION, condition: 'RetryAttemptsExhausted' },
  DDBStreamBatchInfo: { streamArn: STREAM, shardId: 's1', startSequenceNumber: '1', endSequenceNumber: '3' },
};
const news = { schema: 'tocsin.alert/1', alert: { id: 'alt_1' } };
const record = { eventSource: 'aws:dynamodb', eventSourceARN: STREAM, dynamodb: { SequenceNumber: '7' } };
const message = { eventSource: 'aws:sqs', eventSourceARN: arn('spill.fifo'), body: '{"a":1}', messageId: 'm' };

describe('a dead letter goes back', () => {
  test('to the queue that handed it out, with the group of a FIFO queue', () => {
    const source = { sourceQueueArn: arn('spill.fifo'), group: 'slot' };
    expect(wayOf(letter(news, source), DEAD, FEEDS)).toMatchObject({
      kind: 'queue',
      queueArns: [arn('spill.fifo')],
      body: JSON.stringify(news),
      group: 'slot',
    });
  });

  test('to each queue that the topic feeds and whose dead letters these are', () => {
    expect(wayOf(letter(news), DEAD, FEEDS)).toMatchObject({ kind: 'queue', queueArns: [arn('feed'), arn('news')] });
    const answer = { originationNumber: '+491', messageBody: 'A 1234' };
    expect(wayOf(letter(answer), DEAD, FEEDS)).toMatchObject({ kind: 'queue', queueArns: [arn('answers')] });
  });

  test('to the function that set its record aside, and to the queue of a message that was set aside', () => {
    const set = letter({ why: 'not an alert', functionName: 'keep', record });
    expect(wayOf(set, DEAD, FEEDS)).toEqual({ kind: 'record', why: 'not an alert', functionName: 'keep', record });
    const queued = { ...message, attributes: { MessageGroupId: 'slot' } };
    expect(wayOf(letter({ why: 'no JSON', functionName: 'drain', record: queued }), DEAD, FEEDS)).toMatchObject({
      kind: 'queue',
      queueArns: [arn('spill.fifo')],
      body: '{"a":1}',
      group: 'slot',
    });
  });

  test('to the function that gave a batch up, by its place in the stream', () => {
    const batch = { functionArn: FUNCTION, streamArn: STREAM, shardId: 's1', first: '1', last: '3' };
    expect(wayOf(letter(gaveUp), DEAD, FEEDS)).toMatchObject({ kind: 'stream', batch });
  });

  test('to the function that gave an event up', () => {
    const requestContext = { functionArn: `${FUNCTION}:$LATEST`, condition: 'EventAgeExceeded' };
    expect(wayOf(letter({ requestContext, requestPayload: { a: 1 } }), DEAD, FEEDS)).toMatchObject({
      kind: 'event',
      functionName: `${FUNCTION}:$LATEST`,
      event: { a: 1 },
    });
  });

  test.each(['', 'no JSON', 'null', '[]', '{}', { why: 'x', record }, { ...gaveUp, DDBStreamBatchInfo: {} }])(
    'nowhere where nothing says where it belongs: %j',
    (body) => {
      const others = FEEDS.filter(({ topicArn }) => topicArn === TOPIC);
      expect(wayOf(letter(body), DEAD, others)).toMatchObject({ kind: 'unknown' });
    },
  );
});

test('a batch that goes back holds the records that its function reads, as its event source mapping chooses them', () => {
  const due = { eventName: 'MODIFY', dynamodb: { NewImage: { due: { S: 'DUE' } } } };
  const ended = { eventName: 'REMOVE', dynamodb: { OldImage: { due: { S: 'DUE' } } } };
  const other = { eventName: 'MODIFY', dynamodb: { NewImage: { kind: { S: 'note' } } } };
  const patterns = [{ dynamodb: { NewImage: { due: { S: [{ exists: true }] } } } }, { eventName: ['REMOVE'] }];
  const chosen = (texts: readonly string[]) => [due, ended, other].filter((each) => isRead(each, texts));
  expect(chosen(patterns.map((each) => JSON.stringify(each)))).toEqual([due, ended]);
  expect(chosen([])).toEqual([due, ended, other]);
});

/** An account in memory, in which the n-th call that changes something fails where `failing` says so. */
const accountWith = (bodies: readonly (readonly [unknown, Partial<DeadLetter>])[], failing: ReadonlySet<number>) => {
  const dead = new Map(
    bodies.map(([body, over], i) => [`m${i}`, { ...letter(body, { ...over, id: `m${i}` }), receipt: `m${i}` }]),
  );
  const hidden = new Set<string>();
  const received: string[] = [];
  let calls = 0;
  const change = (what: () => void): Promise<void> => {
    if (failing.has(calls++)) return Promise.reject(new Error('refused'));
    what();
    return Promise.resolve();
  };
  const account: Account = {
    queues: async () => [{ name: 'Dead', arn: DEAD }],
    feeds: async () => FEEDS,
    read: async (_, most) => {
      const read = [...dead.values()].filter(({ id }) => !hidden.has(id)).slice(0, most);
      for (const { id } of read) hidden.add(id);
      return read;
    },
    release: async (_, receipt) => void hidden.delete(receipt),
    remove: async (_, receipt) => void dead.delete(receipt),
    send: (_, __, letterId) => change(() => received.push(letterId)),
    handle: async (_, records) => {
      await change(() => received.push(...records.map((each) => (each as { id: string }).id)));
      return true;
    },
    handOn: (_, event) => change(() => received.push((event as { id: string }).id)),
    recordsOf: async ({ first }) => (first === 'gone' ? undefined : [{ id: first }]),
  };
  return { account, dead, hidden, received };
};

const kinds = fc.constantFrom('queue', 'record', 'stream', 'event', 'gone', 'unknown');
const bodyOf = (kind: string, i: number): readonly [unknown, Partial<DeadLetter>] => {
  const first = kind === 'gone' ? 'gone' : `m${i}`;
  switch (kind) {
    case 'queue':
      return [news, { sourceQueueArn: arn('feed') }];
    case 'record':
      return [{ why: 'poison', functionName: 'keep', record: { ...record, id: `m${i}` } }, {}];
    case 'event':
      return [{ requestContext: { functionArn: FUNCTION }, requestPayload: { id: `m${i}` } }, {}];
    case 'unknown':
      return ['?', {}];
    default:
      return [{ ...gaveUp, DDBStreamBatchInfo: { ...gaveUp.DDBStreamBatchInfo, startSequenceNumber: first } }, {}];
  }
};

test('a redrive that is cut short and repeated loses no dead letter, and hides none', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(kinds, { maxLength: 30 }), fc.uniqueArray(fc.nat(40)), async (all, failing) => {
      const { account, dead, hidden, received } = accountWith(all.map(bodyOf), new Set(failing));
      const outcomes = [
        await redrive(account, { isSending: true, most: 7 }),
        await redrive(account, { isSending: true }),
        await redrive(account, { isSending: true }),
      ];
      const stays = ['gone', 'unknown'];
      all.forEach((kind, i) => {
        if (stays.includes(kind)) expect(dead.has(`m${i}`)).toBe(true);
        else expect(dead.has(`m${i}`) !== received.includes(`m${i}`)).toBe(true);
      });
      expect(hidden).toEqual(new Set([...hidden].filter((id) => !dead.has(id))));
      const sent = outcomes.flat().reduce((sum, tally) => sum + tally.sent, 0);
      expect(sent).toBe(received.length);
    }),
  );
});

test('a list changes nothing, and says of each kind how many there are, since when, and why', async () => {
  const { account, dead, hidden, received } = accountWith(
    [
      [news, { sourceQueueArn: arn('feed') }],
      [news, { sourceQueueArn: arn('news'), sentAt: new Date('2026-11-29T00:00:00Z') }],
      ['?', {}],
    ],
    new Set(),
  );
  expect(await redrive(account, { isSending: false })).toEqual([
    {
      queue: 'Dead',
      kind: 'queue',
      why: 'handed out too often',
      oldest: new Date('2026-11-29T00:00:00Z'),
      letters: 2,
      sent: 0,
    },
    expect.objectContaining({ kind: 'unknown', letters: 1, sent: 0 }),
  ]);
  expect([dead.size, hidden.size, received.length]).toEqual([3, 0, 0]);
});

test('a letter whose function fails again, or whose records have left the stream, stays and says why', async () => {
  const { account } = accountWith([bodyOf('record', 0), bodyOf('gone', 1)], new Set([0]));
  const tallies = await redrive(account, { isSending: true });
  expect(tallies.map(({ why, sent }) => [why, sent])).toEqual([
    ['could not be sent: refused', 0],
    ['its records left the stream after 24 hours', 0],
  ]);
  const failing = { ...account, handle: async () => false };
  expect((await redrive(failing, { isSending: true }))[0]).toMatchObject({ why: 'the function failed again', sent: 0 });
});
