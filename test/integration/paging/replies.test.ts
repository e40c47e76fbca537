import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { conflict } from '../../../shared/kernel/errors.ts';
import type { Request } from '../../../shared/kernel/caller.ts';
import type { Person } from '../../../functions/auth/port.ts';
import { replier } from '../../../functions/paging/reactors/reply.ts';
import { takeReplyCode } from '../../../functions/paging/replies/make.ts';
import { receive } from '../../../functions/paging/replies/receive.ts';
import { answerIn, replyCode } from '../../../functions/paging/replies/reply.ts';
import type { ReplyStore } from '../../../functions/paging/replies/store.ts';
import { PAGING_TABLE_SHAPE } from '../../../functions/paging/table.ts';
import { standingClock } from '../../support/alerts.ts';
import { everything, startDynamo, type TestDynamo } from '../../support/dynamo.ts';
import { escalationStore, replyStore } from '../../support/stores.ts';

const ANA = '+4915100000001';
const KEY = 'the key of the stage';

let dynamo: TestDynamo;
let tableName: string;
let replies: ReplyStore;
let clock: ReturnType<typeof standingClock>;
let acted: string[];
let texts: string[];
let status: Person['status'];
let ids = 0;

beforeAll(async () => {
  dynamo = await startDynamo();
});
afterAll(() => dynamo.stop());
beforeEach(async () => {
  tableName = await dynamo.table(PAGING_TABLE_SHAPE, 'paging');
  replies = replyStore(dynamo.client, tableName);
  clock = standingClock();
  [acted, texts, status] = [[], [], 'active'];
});

const act =
  (what: string) =>
  ({ caller }: Pick<Request, 'caller'>, { id }: { readonly id: string }) => {
    if (acted.includes(`ben ${what} ${id}`)) throw conflict('alert.acknowledged', 'ben has it.');
    acted.push(`${caller.name} ${what} ${id}`);
    return Promise.resolve({} as never);
  };
const deps = () => ({
  escalations: escalationStore(dynamo.client, tableName),
  clock,
  replies,
  people: (id: string) => Promise.resolve({ id, username: id.slice(4), displayName: id, status }),
  acts: { acknowledge: act('acknowledges'), resolve: act('resolves') },
  sms: {
    send: ({ to, text }: { readonly to: string; readonly text: string }) => {
      texts.push(`${to} ${text}`);
      return Promise.resolve({ provider: 'sns', providerId: 'm' });
    },
  },
});
const codeFor = (alertId: string, phone = ANA) =>
  takeReplyCode({ clock, replies, key: KEY }, phone, { alertId, userId: 'usr_ana' });
const from = (phone: string, messageBody: string, inboundMessageId = `in${++ids}`) =>
  receive(deps(), { originationNumber: phone, messageBody, inboundMessageId });
const events = async (): Promise<unknown[]> =>
  (await everything(dynamo.client, tableName)).flatMap(({ event }) => (event === undefined ? [] : [event]));

test.each([
  ['A 1234', { action: 'acknowledge', code: '1234' }],
  [' r0007 ', { action: 'resolve', code: '0007' }],
  ['ack #1234', { action: 'acknowledge', code: '1234' }],
  ['RESOLVE 1234', { action: 'resolve', code: '1234' }],
  ['Acknowledge: 1234.', { action: 'acknowledge', code: '1234' }],
  ['“\u200eA 1234\u200e.”', { action: 'acknowledge', code: '1234' }],
  ['A 1234 on it', { action: 'acknowledge', code: '1234' }],
  ['Ack 1234\n\nSent from my phone', { action: 'acknowledge', code: '1234' }],
  ['R 1234\r\n> CRITICAL: Shop. Or answer A 1234 or R 1234.', { action: 'resolve', code: '1234' }],
  ['\n A 1234', { action: 'acknowledge', code: '1234' }],
  ['A 1234, A 1234!', { action: 'acknowledge', code: '1234' }],
  ['a 1234 (pager 2, since 09:30) 🙏', { action: 'acknowledge', code: '1234' }],
  ['A 1234 A 5678', undefined],
  ['R 1234 not yet, A 1234', undefined],
  ['A 1234b', undefined],
  ['A 12345', undefined],
  ['Area 1234', undefined],
  ['нет A 1234', undefined],
  ['für R 1234', undefined],
  ['né A 1234', undefined],
  ['1234', undefined],
  ['A 1234 R 1234', undefined],
  ['STOP', undefined],
])('%s is understood as %o', (text, meant) => {
  expect(answerIn(text)).toEqual(meant);
});

describe('an answer', () => {
  test('acts in the name of the owner of the phone, and is answered', async () => {
    await from(ANA, `A ${await codeFor('alr_1')}`);
    expect(acted).toEqual(['ana acknowledges alr_1']);
    expect(texts).toEqual([`${ANA} Tocsin: You have acknowledged this alert.`]);
    expect(await events()).toMatchObject([{ type: 'reply.received', actor: { name: 'ana' } }]);
  });

  test('that is delivered many times acts once', async () => {
    const code = await codeFor('alr_1');
    for (let n = 0; n < 3; n++) await from(ANA, `A ${code}`, 'the same');
    expect([acted.length, texts.length]).toEqual([1, 1]);
  });

  test('acts once even if the answer cannot be sent at first, and is answered later, once', async () => {
    const code = await codeFor('alr_1');
    const message = { originationNumber: ANA, messageBody: `A ${code}`, inboundMessageId: 'in_down' };
    const down = { ...deps(), sms: { send: () => Promise.reject(new Error('down')) } };
    await expect(receive(down, message)).rejects.toThrow('down');
    await expect(receive(down, message)).rejects.toThrow('down');
    const stored = (await everything(dynamo.client, tableName)).find(({ item }) => item === 'REPLY');
    expect(stored?.['outcome']).toEqual({ code: 'done', action: 'acknowledge' });
    for (let times = 0; times < 2; times++) await receive(deps(), message);
    expect(acted).toHaveLength(1);
    expect(texts).toHaveLength(1);
  });

  test('is answered once where the provider gives no answer: it may have been delivered', async () => {
    const message = { originationNumber: ANA, messageBody: `A ${await codeFor('alr_1')}`, inboundMessageId: 'in_late' };
    const late = Object.assign(new Error('late'), { name: 'TimeoutError' });
    let calls = 0;
    const sms = { send: () => (calls++, Promise.reject(late)) };
    for (let times = 0; times < 3; times++) await receive({ ...deps(), sms }, message);
    expect([calls, acted.length]).toEqual([1, 1]);
  });

  test('that comes too late gets the name of the person who was faster', async () => {
    acted.push('ben acknowledges alr_1');
    await from(ANA, `A ${await codeFor('alr_1')}`);
    expect(texts).toEqual([`${ANA} Tocsin: ben has it.`]);
  });

  test.each([
    ['an unknown phone', '+4915100000009', (code: string) => `A ${code}`, []],
    ['an unknown phone that only talks', '+4915100000009', () => 'Thank you!', []],
    ['a carrier’s word', ANA, () => 'STOP', []],
    [
      'a wrong code',
      ANA,
      (code: string) => `A ${code === '0000' ? '0001' : '0000'}`,
      [expect.stringContaining('no page to this phone has that code')],
    ],
    ['something else', ANA, () => 'I am on it', [expect.stringContaining('Answer A or R with the four digits')]],
    ['two answers', ANA, (code: string) => `A ${code} R ${code}`, [expect.stringContaining('Nothing was done')]],
  ])(
    'of %s is refused and audited; only a phone that has a good code gets a hint',
    async (_what, phone, text, hints) => {
      await from(phone, text((await codeFor('alr_1')) ?? ''));
      expect([acted, texts]).toEqual([[], hints]);
      expect(await events()).toMatchObject([{ type: 'reply.refused', outcome: 'denied', actor: { kind: 'unknown' } }]);
      expect(JSON.stringify(await events())).not.toContain(phone);
    },
  );

  test('without a code gets three hints a day, each once, so that two machines do not talk for ever', async () => {
    await codeFor('alr_1');
    for (let n = 0; n < 2; n++) await from(ANA, 'I am driving', 'the same');
    expect(texts).toHaveLength(1);
    for (let n = 0; n < 20; n++) await from(ANA, 'I am driving');
    expect(texts).toHaveLength(3);
    clock.advance(22 * 3_600_000);
    await from(ANA, 'I am driving');
    expect(texts).toHaveLength(4);
  });

  test('of a person who was disabled, or a day later, is refused', async () => {
    const code = await codeFor('alr_1');
    status = 'disabled';
    await from(ANA, `A ${code}`);
    status = 'active';
    clock.advance(86_400_000);
    await from(ANA, `A ${code}`);
    expect([acted, texts]).toEqual([[], []]);
  });

  test('is not looked at after ten wrong codes in a day; the next day it is', async () => {
    const code = await codeFor('alr_1');
    const wrong = code === '0000' ? '0001' : '0000';
    for (let n = 0; n < 10; n++) await from(ANA, `A ${wrong}`);
    await from(ANA, `A ${code}`);
    expect(acted).toEqual([]);
    clock.advance(23 * 3_600_000);
    await from(ANA, `A ${code}`);
    expect(acted).toHaveLength(1);
  });

  test('comes through the queue as AWS publishes it', async () => {
    const body = JSON.stringify({
      originationNumber: ANA,
      destinationNumber: '+4915100000000',
      messageKeyword: 'KEYWORD',
      messageBody: `R ${await codeFor('alr_1')}`,
      inboundMessageId: 'in',
    });
    const answer = await replier(deps)({ Records: [{ messageId: '1', body }] } as never);
    expect(answer).toEqual({ batchItemFailures: [] });
    expect(acted).toEqual(['ana resolves alr_1']);
  });
});

describe('a code', () => {
  test('is the same for an alert on a phone, and no two alerts on a phone have the same', async () => {
    const alerts = Array.from({ length: 200 }, (_, n) => `alr_${n}`);
    // Of two hundred derived codes two are likely the same: the second has another then.
    expect(new Set(alerts.map((id) => replyCode(KEY, ANA, id, 0))).size).toBeLessThan(200);
    const codes = await Promise.all(alerts.map((id) => codeFor(id)));
    expect(new Set(codes).size).toBe(200);
    expect(await Promise.all(alerts.slice(0, 20).map((id) => codeFor(id)))).toEqual(codes.slice(0, 20));
  });

  test('of a phone means nothing on another', async () => {
    const code = await codeFor('alr_1');
    await from('+4915100000002', `A ${code}`);
    expect(acted).toEqual([]);
  });
});
