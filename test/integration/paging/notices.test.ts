import { marshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ShiftEnded, ShiftStarted, SwapChanged } from '../../../functions/oncall/events.ts';
import { DEFAULT_SETTINGS } from '../../../functions/health/config/settings.ts';
import type { StoredContact } from '../../../shared/contacts/contact.ts';
import type { ContactStore } from '../../../shared/contacts/store.ts';
import type { NoticeReason } from '../../../functions/paging/notices/store.ts';
import { noticeOf } from '../../../functions/paging/notices/notice.ts';
import type { NoticeStore } from '../../../functions/paging/notices/store.ts';
import { tell, type TellDeps } from '../../../functions/paging/notices/tell.ts';
import { teller } from '../../../functions/paging/reactors/tell.ts';
import { PAGING_TABLE_SHAPE } from '../../../functions/paging/table.ts';
import { standingClock } from '../../support/alerts.ts';
import { everything, startDynamo, type TestDynamo } from '../../support/dynamo.ts';
import { contactStore, noticeStore } from '../../support/stores.ts';

vi.hoisted(() => Object.assign(process.env, { POWERTOOLS_LOG_LEVEL: 'SILENT', POWERTOOLS_METRICS_DISABLED: 'true' }));

const shift: ShiftStarted = {
  kind: 'shift-started',
  scheduleId: 'sch_1',
  scheduleName: 'First line',
  timeZone: 'Europe/Berlin',
  userId: 'usr_ana',
  at: '2026-11-23T08:00:20.000Z',
  until: '2026-11-30T08:00:00.000Z',
};
const end: ShiftEnded = {
  kind: 'shift-ended',
  scheduleId: 'sch_1',
  scheduleName: 'First line',
  timeZone: 'Europe/Berlin',
  userId: 'usr_ana',
  at: '2026-11-23T08:00:20.000Z',
  now: ['usr_ben', 'usr_cleo'],
};
const NAMES = new Map([
  ['usr_ben', 'ben'],
  ['usr_cleo', 'cleo'],
]);
const swap: SwapChanged = {
  kind: 'swap-changed',
  id: 'swp_1',
  status: 'requested',
  scheduleName: 'First line',
  timeZone: 'Europe/Berlin',
  fromUserId: 'usr_ana',
  fromName: 'ana',
  toUserId: 'usr_ben',
  give: { from: '2026-11-21T17:00:00.000Z', to: '2026-11-22T08:00:00.000Z' },
  take: null,
  note: 'Dentist.',
};

let dynamo: TestDynamo;
let tableName: string;
let contacts: ContactStore;
let notices: NoticeStore;
let sent: { via: string; to: string; text: string; key: string }[];
let refusal: Error | undefined;
let status: string;
let has: readonly string[];

const channel = (via: string) => ({
  send: (
    { to, text }: { readonly to: string; readonly text: string },
    { idempotencyKey: key }: { readonly idempotencyKey: string },
  ) => {
    if (refusal) return Promise.reject(refusal);
    sent.push({ via, to, text, key });
    return Promise.resolve({ provider: via, providerId: 'm' });
  },
});
const deps = (over: Partial<TellDeps> = {}): TellDeps => ({
  clock: standingClock(),
  contacts,
  people: (id) => Promise.resolve({ id, username: 'ana', status } as never),
  notices,
  channels: Object.fromEntries(has.map((via) => [via, channel(via)])),
  notifying: () => Promise.resolve(DEFAULT_SETTINGS.notifications),
  ...over,
});
const reach = (via: string, verified = true) =>
  contacts.add({ id: `con_${via}`, userId: 'usr_ana', channel: via, to: `${via}-of-ana`, verified } as StoredContact);
const noted = async () => (await everything(dynamo.client, tableName)).filter(({ item }) => item === 'NOTICE');
const tellOnce = () => tell(deps(), noticeOf(shift));

beforeAll(async () => {
  dynamo = await startDynamo();
});
afterAll(() => dynamo.stop());
beforeEach(async () => {
  tableName = await dynamo.table(PAGING_TABLE_SHAPE, 'paging');
  contacts = contactStore(dynamo.client, tableName);
  notices = noticeStore(dynamo.client, tableName);
  sent = [];
  refusal = undefined;
  status = 'active';
  has = ['email', 'sms', 'webhook'];
});

describe('the text of a notice', () => {
  test.each([
    [shift, 'usr_ana', 'You are on call now: First line, until Mon 30 Nov, 09:00 (Europe/Berlin).'],
    [
      end,
      'usr_ana',
      'Your shift ended on Mon 23 Nov, 09:00: First line (Europe/Berlin). ben and cleo are on call now.',
    ],
    [{ ...end, now: ['usr_dan'] }, 'usr_ana', 'Your shift ended on Mon 23 Nov, 09:00: First line (Europe/Berlin).'],
    [
      { ...end, now: [] },
      'usr_ana',
      'Your shift ended on Mon 23 Nov, 09:00: First line (Europe/Berlin). Nobody is on call now.',
    ],
    [
      swap,
      'usr_ben',
      'ana asks you to take a shift: First line, Sat 21 Nov, 18:00 to Sun 22 Nov, 09:00 (Europe/Berlin). Dentist.',
    ],
    [
      { ...swap, status: 'declined' as const, take: swap.give },
      'usr_ana',
      'Your request was declined. You are still on call: First line, Sat 21 Nov, 18:00 to Sun 22 Nov, 09:00, ' +
        'in return for Sat 21 Nov, 18:00 to Sun 22 Nov, 09:00 (Europe/Berlin).',
    ],
  ])('%o', (happened, userId, text) => expect(noticeOf(happened, NAMES)).toMatchObject({ userId, text }));

  test('of a request and of its answer are different notices', () => {
    const keys = (['requested', 'accepted', 'declined', 'cancelled'] as const).map(
      (each) => noticeOf({ ...swap, status: each }).key,
    );
    expect(new Set(keys).size).toBe(4);
  });
});

describe('a notice', () => {
  test('goes by mail, or by SMS without a verified mailbox, and once however often it is asked for', async () => {
    await reach('email', false);
    await reach('webhook');
    await reach('sms');
    await tellOnce();
    await tellOnce();
    expect(sent).toMatchObject([{ via: 'sms', to: 'sms-of-ana', key: noticeOf(shift).key }]);
    await contacts.remove('usr_ana', 'con_email', {} as never, new Date());
    await reach('email');
    await tell(deps(), { ...noticeOf(shift), key: 'another' });
    expect(sent.at(-1)).toMatchObject({ via: 'email' });
    has = ['sms'];
    await tell(deps(), { ...noticeOf(shift), key: 'a third' });
    expect(sent.at(-1)).toMatchObject({ via: 'sms' });
  });

  test('is not sent to a user who is deleted, disabled or without contact, with the reason', async () => {
    await tellOnce();
    status = 'disabled';
    await reach('sms');
    await tell(deps(), { ...noticeOf(shift), key: 'another' });
    expect(sent).toEqual([]);
    expect((await noted()).map(({ reason }) => (reason as NoticeReason).code).sort()).toEqual([
      'no_verified_contact',
      'user_inactive',
    ]);
  });

  test('that a provider refuses for now is sent again, and one that it refuses for good is not', async () => {
    await reach('sms');
    refusal = Object.assign(new Error('later'), { name: 'ThrottlingException' });
    await expect(tellOnce()).rejects.toThrow('later');
    refusal = Object.assign(new Error('no'), { name: 'InvalidParameterException' });
    await tellOnce();
    refusal = undefined;
    await tellOnce();
    expect(sent).toEqual([]);
    expect(await noted()).toMatchObject([{ reason: { code: 'refused', error: 'InvalidParameterException' } }]);
  });

  test('whose provider gives no answer is not repeated, and says that it may have been delivered', async () => {
    await reach('sms');
    refusal = Object.assign(new Error('late'), { name: 'TimeoutError' });
    await tellOnce();
    refusal = undefined;
    await tellOnce();
    expect(sent).toEqual([]);
    expect(await noted()).toMatchObject([{ channel: 'sms', reason: { code: 'unanswered' } }]);
  });

  test('to a program that is down holds nobody up', async () => {
    await reach('webhook');
    refusal = Object.assign(new Error('down'), { name: 'ThrottlingException' });
    await tellOnce();
    expect(await noted()).toHaveLength(1);
  });

  test('is sent only if the configuration wants such notices, and by a channel that it allows', async () => {
    await reach('sms');
    await reach('webhook');
    const { channels } = DEFAULT_SETTINGS.notifications;
    const set = { ...DEFAULT_SETTINGS.notifications, shiftNotices: { begins: true, ends: false } };
    const quiet = deps({ notifying: () => Promise.resolve({ ...set, channels: { ...channels, sms: false } }) });
    const react = teller(() => ({ ...quiet, sqs: undefined as never, poisonQueueUrl: '' }));
    const Records = [end, shift].map(
      (happened, i) =>
        ({ eventName: 'INSERT', dynamodb: { SequenceNumber: `${i}`, NewImage: marshall(happened) } }) as DynamoDBRecord,
    );
    expect(await react({ Records })).toEqual({ batchItemFailures: [] });
    expect(sent.map(({ via, key }) => [via, key])).toEqual([['webhook', noticeOf(shift).key]]);
  });

  test('is made of an end in the stream, with the names of the users on call then', async () => {
    await reach('sms');
    const calling = deps({ people: (id) => Promise.resolve({ id, username: NAMES.get(id), status } as never) });
    const react = teller(() => ({ ...calling, sqs: undefined as never, poisonQueueUrl: '' }));
    const NewImage = marshall(end);
    const record = { eventName: 'INSERT', dynamodb: { SequenceNumber: '1', NewImage } } as DynamoDBRecord;
    expect(await react({ Records: [record, record] })).toEqual({ batchItemFailures: [] });
    expect(sent.map(({ text }) => text)).toEqual([noticeOf(end, NAMES).text]);
  });

  test('is made of beginnings and swaps in the stream, and of nothing else in it', async () => {
    await reach('sms');
    const react = teller(() => ({ ...deps(), sqs: undefined as never, poisonQueueUrl: '' }));
    const image = (kind: string, rest: object = {}) =>
      Object.fromEntries(Object.entries({ ...shift, ...rest, kind }).map(([name, value]) => [name, { S: value }]));
    const record = (SequenceNumber: string, NewImage?: object) =>
      ({ eventName: 'INSERT', dynamodb: { SequenceNumber, ...(NewImage && { NewImage }) } }) as DynamoDBRecord;
    const Records = [record('1', image('replace')), record('2', image('shift-started')), record('3')];
    expect(await react({ Records })).toEqual({ batchItemFailures: [] });
    expect(sent).toHaveLength(1);
  });

  test('is not made of the beginning of a shift that is over when its record is delivered', async () => {
    await reach('sms');
    const clock = standingClock(shift.until);
    const react = teller(() => ({ ...deps({ clock }), sqs: undefined as never, poisonQueueUrl: '' }));
    const record = { eventName: 'INSERT', dynamodb: { SequenceNumber: '1', NewImage: marshall(shift) } };
    expect(await react({ Records: [record as DynamoDBRecord] })).toEqual({ batchItemFailures: [] });
    expect(sent).toEqual([]);
    clock.set(new Date(shift.at));
    expect(await react({ Records: [record as DynamoDBRecord] })).toEqual({ batchItemFailures: [] });
    expect(sent).toHaveLength(1);
  });
});
