import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Alert } from '../../../functions/alerts/port.ts';
import type { AlertMessage } from '../../../functions/alerts/events.ts';
import { fire } from '../../../functions/paging/escalations/fire.ts';
import { follow } from '../../../functions/paging/escalations/follow.ts';
import { claimed, messageKeyOf, type StoredPage } from '../../../functions/paging/pages/page.ts';
import { send } from '../../../functions/paging/pages/send.ts';
import type { DueKey } from '../../../functions/paging/ledger.ts';
import { work } from '../../../functions/paging/escalations/work.ts';
import { PAGING_TABLE_SHAPE } from '../../../functions/paging/table.ts';
import { startDynamo, type TestDynamo } from '../../support/dynamo.ts';
import { memoryTable } from '../../support/memory-table.ts';
import {
  ALERT,
  opened,
  pagedAfter,
  pagingIn,
  policyOf,
  refusal,
  pagingOn,
  user,
  type PagingWorld,
} from '../../support/paging.ts';
import { alertSubject } from '../../../functions/paging/subject.ts';
import { runs } from '../../support/runs.ts';

let dynamo: TestDynamo;
let world: PagingWorld;

beforeAll(async () => {
  dynamo = await startDynamo();
});
afterAll(() => dynamo.stop());
beforeEach(async () => {
  world = await pagingIn(dynamo);
});

describe('a page', () => {
  const planned = async () => {
    await follow(world.deps(), opened);
    await fire(world.deps(), ALERT);
    return (await world.everyPage())[0]?.key ?? '';
  };

  test.each([
    [
      { status: 'acknowledged', acknowledgedBy: 'ben', snoozedUntil: null },
      { code: 'acknowledged', by: 'ben' },
    ],
    [
      { status: 'resolved', resolvedBy: 'ben', snoozedUntil: null },
      { code: 'resolved', by: 'ben' },
    ],
    [
      { status: 'open', snoozedUntil: '2026-11-21T04:00:00.000Z' },
      { code: 'snoozed', until: '2026-11-21T04:00:00.000Z' },
    ],
  ])('is not sent once its alert was acknowledged, resolved or snoozed: %o', async (now, reason) => {
    const key = await planned();
    world.alert = now as Partial<Alert>;
    expect(await send(world.deps(), { subject: alertSubject(ALERT), key })).toMatchObject({
      status: 'skipped',
      reason,
    });
    expect(world.handed).toEqual([]);
  });

  test('that a provider refuses for now is sent again, not before its time, under the same key', async () => {
    const key = await planned();
    world.provider = () => Promise.reject(refusal('ThrottlingException'));
    expect(await send(world.deps(), { subject: alertSubject(ALERT), key })).toMatchObject({
      status: 'planned',
      attempts: 1,
    });
    world.provider = () => Promise.resolve({ provider: 'sns', providerId: 'm2' });
    world.clock.advance(1_900);
    await send(world.deps(), { subject: alertSubject(ALERT), key });
    expect(world.handed).toHaveLength(1);
    world.clock.advance(200);
    expect(await send(world.deps(), { subject: alertSubject(ALERT), key })).toMatchObject({
      status: 'sent',
      attempts: 2,
    });
    expect(new Set(world.handed).size).toBe(1);
  });

  test.each([
    [30_000, 30_000],
    [100, 2_000],
    [86_400_000, 300_000],
  ])('whose provider asks for a pause of %i ms is sent again after %i ms', async (asked, waited) => {
    const key = await planned();
    world.provider = () => Promise.reject(Object.assign(refusal('TooManyRequestsException'), { retryAfterMs: asked }));
    const from = world.clock.now().getTime();
    const page = await send(world.deps(), { subject: alertSubject(ALERT), key });
    expect(Date.parse(page?.dueAt ?? '') - from).toBe(waited);
  });

  test('whose provider times out after it sent is sent again under the same key, by which a receiver knows it', async () => {
    world.knowsKeys = true;
    const key = await planned();
    world.provider = () => Promise.reject(refusal('TimeoutError'));
    expect(await send(world.deps(), { subject: alertSubject(ALERT), key })).toMatchObject({
      status: 'planned',
      attempts: 1,
    });
    world.provider = () => Promise.resolve({ provider: 'webhook', providerId: 'm' });
    world.clock.advance(2_000);
    expect(await send(world.deps(), { subject: alertSubject(ALERT), key })).toMatchObject({
      status: 'sent',
      attempts: 2,
    });
    expect(world.handed).toEqual([`${ALERT}#${key}`, `${ALERT}#${key}`]);
  });

  test('goes where and when its person has said: after a delay, and not at all once somebody has acknowledged', async () => {
    world.rules = {
      usr_ana: pagedAfter(2, 'con_ana'),
    };
    const key = await planned();
    world.clock.advance(119_000);
    await world.settle();
    expect(world.handed).toEqual([]);
    expect(await send(world.deps(), { subject: alertSubject(ALERT), key })).toMatchObject({
      status: 'planned',
      attempts: 0,
    });
    world.alert = { status: 'acknowledged', acknowledgedBy: 'ben', snoozedUntil: null };
    world.clock.advance(2_000);
    expect(await send(world.deps(), { subject: alertSubject(ALERT), key })).toMatchObject({
      status: 'skipped',
      reason: { code: 'acknowledged', by: 'ben' },
    });
    expect(world.handed).toEqual([]);
  });

  test('that waits for the morning is sent at once when its alert becomes urgent', async () => {
    const ana = pagedAfter(0, 'con_ana');
    world.rules = { usr_ana: { ...ana, low: ana.high, quietHours: { from: '00:00', to: '07:00', timeZone: 'UTC' } } };
    await follow(world.deps(), { ...opened, alert: { ...opened.alert, severity: 'warning' } });
    await world.settle();
    expect(await world.everyPage()).toMatchObject([{ status: 'planned', dueAt: '2026-11-21T07:00:00.000Z' }]);
    await follow(world.deps(), { ...opened, transition: 'severity_raised', sequence: 2 });
    await world.settle();
    expect(world.handed).toHaveLength(1);
    world.clock.advance(4 * 3_600_000);
    await world.settle();
    expect(await world.everyPage()).toMatchObject([
      { round: 0, loop: 0, step: 0, status: 'skipped', reason: { code: 'superseded_round' } },
      { round: 1, loop: 0, step: 0, status: 'sent' },
      { round: 1, loop: 0, step: 1, status: 'sent' },
    ]);
  });

  test('to a user who was asked for is sent even if another has acknowledged, but not once the alert is resolved', async () => {
    await planned();
    const [page] = await world.everyPage();
    const one = { ...(page as StoredPage), key: `${page?.key}+`, asked: true };
    const two = { ...one, key: `${page?.key}++` };
    await world.escalations.call([one, two], world.clock.now());
    world.alert = { status: 'acknowledged', acknowledgedBy: 'ben', snoozedUntil: null };
    const messages: object[] = [];
    const sms = {
      send: (message: object) => {
        messages.push(message);
        return Promise.resolve({ provider: 'sns', providerId: 'm1' });
      },
    };
    expect(
      await send({ ...world.deps(), channels: { sms } }, { subject: alertSubject(ALERT), key: one.key }),
    ).toMatchObject({ status: 'sent' });
    expect(messages).toMatchObject([{ standing: 'ben has acknowledged this alert.' }]);
    world.alert = { status: 'resolved', resolvedBy: 'ben', snoozedUntil: null };
    expect(await send(world.deps(), { subject: alertSubject(ALERT), key: two.key })).toMatchObject({
      status: 'skipped',
    });
  });

  test('to a user who was asked for adds who asked to the timeline, again where that fails, and does not wait for it', async () => {
    await planned();
    const [page] = await world.everyPage();
    const note = { by: { kind: 'user' as const, id: 'usr_ben', name: 'ben' }, text: 'ana was asked.', key: 'asked#1' };
    const asked = { ...(page as StoredPage), key: `${page?.key}+`, asked: true, note };
    await world.escalations.call([asked], world.clock.now());
    const failing = { note: () => Promise.reject(refusal('ThrottlingException')) };
    const key = { subject: alertSubject(ALERT), key: asked.key };
    await expect(send({ ...world.deps(), acts: failing }, key)).rejects.toThrow('ThrottlingException');
    expect(world.handed).toHaveLength(1);
    const said: object[] = [];
    const acts = { note: (...of: object[]) => Promise.resolve(said.push(...of)) };
    expect(await send({ ...world.deps(), acts }, key)).toMatchObject({ status: 'sent' });
    expect(said).toEqual([{ caller: note.by }, { id: ALERT, note: note.text, key: note.key }]);
    expect(world.handed).toHaveLength(1);
  });

  test('of a contact that was deleted meanwhile is not sent', async () => {
    const key = await planned();
    await world.contacts.remove('usr_ana', 'con_ana', {} as never, world.clock.now());
    expect(await send(world.deps(), { subject: alertSubject(ALERT), key })).toMatchObject({
      status: 'skipped',
      reason: { code: 'contact_deleted' },
    });
    expect(world.handed).toEqual([]);
  });

  test('of a round that is over is not sent, since the next one pages again', async () => {
    const key = await planned();
    await follow(world.deps(), { ...opened, transition: 'unacknowledged', sequence: 3 });
    expect(await send(world.deps(), { subject: alertSubject(ALERT), key })).toMatchObject({
      status: 'skipped',
      reason: { code: 'superseded_round' },
    });
    expect(world.handed).toEqual([]);
  });

  test('that a provider refuses for good has failed, with the reason', async () => {
    const key = await planned();
    world.provider = () => Promise.reject(refusal('InvalidParameterException'));
    expect(await send(world.deps(), { subject: alertSubject(ALERT), key })).toMatchObject({
      status: 'failed',
      reason: { code: 'refused', error: 'InvalidParameterException' },
    });
  });
});

describe('pages that somebody asks for', () => {
  test('are written where two transactions meet and both are refused, and not again where they are there', async () => {
    let refusals = 0;
    const conflict = new TransactionCanceledException({
      message: 'Transaction cancelled',
      $metadata: {},
      CancellationReasons: [{ Code: 'TransactionConflict' }],
    });
    const isRefused = (operation: string): boolean => operation === 'TransactWriteItems' && refusals-- > 0;
    world = await pagingOn(
      memoryTable(PAGING_TABLE_SHAPE, (operation) =>
        isRefused(operation) ? Promise.reject(conflict) : Promise.resolve(),
      ),
    );
    await follow(world.deps(), opened);
    await fire(world.deps(), ALERT);
    const [page] = await world.everyPage();
    const asked = { ...(page as StoredPage), key: `${page?.key}+`, asked: true };
    refusals = 1;
    expect(await world.escalations.call([asked], world.clock.now())).toBe(true);
    expect(await world.everyPage()).toHaveLength(2);
    expect(await world.escalations.call([asked], world.clock.now())).toBe(false);
    refusals = Infinity;
    await expect(world.escalations.call([{ ...asked, key: 'other' }], world.clock.now())).rejects.toThrow();
  });
});

describe('many pages to one person at once', () => {
  let said: string[];
  const people = () => ({
    ...world.deps(),
    channels: {
      sms: {
        takesLinks: true as const,
        send: async ({ text }: { readonly text: string }, { idempotencyKey }: { readonly idempotencyKey: string }) => {
          const accepted = await world.provider();
          said.push(text);
          world.handed.push(idempotencyKey);
          return accepted;
        },
      },
    },
  });
  const storm = async (count: number): Promise<readonly string[]> => {
    said = [];
    await follow(world.deps(), opened);
    await fire(world.deps(), ALERT);
    const [page] = await world.everyPage();
    const ids = Array.from({ length: count }, (_, n) => `alr_storm${n}`);
    for (const alertId of ids) {
      await world.escalations.call(
        [{ ...(page as StoredPage), subject: alertSubject(alertId), title: `Storm ${alertId.slice(9)}` }],
        world.clock.now(),
      );
    }
    return ids;
  };
  const everySend = async (): Promise<void> => {
    const due = (await world.escalations.due(world.clock.now(), 100)).filter(({ part }) =>
      part.startsWith('ALERT#alr_storm'),
    );
    await Promise.all(due.map((key) => work(people(), key).catch(() => undefined)));
  };
  const endsOf = async (ids: readonly string[]) =>
    (await Promise.all(ids.map((id) => world.escalations.pages(alertSubject(id), { limit: 1 })))).map(
      ({ items }) => items[0],
    );

  test('send three at once and the others in one digest half a minute later, with an entry for each in the ledger', async () => {
    const ids = await storm(20);
    await everySend();
    expect(said).toHaveLength(3);
    world.clock.advance(29_000);
    await everySend();
    expect(said).toHaveLength(3);
    world.clock.advance(1_000);
    await everySend();
    expect(said).toHaveLength(4);
    expect(said[3]).toMatch(/^17 alerts\nCRITICAL: Storm \d+ \(shop\)\n/);
    expect(said[3]).toContain('\nand 12 more');
    expect((await endsOf(ids)).map((page) => page?.status)).toEqual(ids.map(() => 'sent'));
    expect(await world.digests.waiting('con_ana')).toEqual([]);
  });

  test('a storm of alerts for a minute: few messages report all of them, and each is in the ledger', async () => {
    const COUNT = runs(2_000);
    world = await pagingOn(memoryTable(PAGING_TABLE_SHAPE));
    world.policies = { default: policyOf('default', user('usr_ana')) };
    said = [];
    const ids = Array.from({ length: COUNT }, (_, i) => `alr_storm${i}`);
    const message = (id: string): AlertMessage => ({ ...opened, alert: { ...opened.alert, id } });
    const everythingDue = async (): Promise<void> => {
      for (let due: DueKey[]; (due = await world.escalations.due(world.clock.now(), 100)).length > 0;) {
        await Promise.all(due.map((key) => work(people(), key)));
      }
    };
    for (let second = 0; second < 60; second++) {
      const now = ids.slice((second * COUNT) / 60, ((second + 1) * COUNT) / 60);
      await Promise.all(now.map((id) => follow(people(), message(id))));
      await everythingDue();
      world.clock.advance(1_000);
    }
    const [inTheMinute, over] = [said.length, world.clock.now().getTime()];
    while ((await world.escalations.awaited({ limit: 1 })).items.length > 0) {
      world.clock.advance(1_000);
      await everythingDue();
    }
    expect(inTheMinute).toBeLessThanOrEqual(10);
    const told = said.map((text) => Number(/^(\d+) alerts$/m.exec(text)?.[1] ?? 1));
    expect(told.reduce((all, each) => all + each, 0)).toBe(COUNT);
    expect(said.length).toBeLessThanOrEqual(12);
    expect(world.clock.now().getTime() - over).toBeLessThanOrEqual(180_000);
    expect(new Set((await endsOf(ids)).map((page) => page?.status))).toEqual(new Set(['sent']));
  }, 60_000);

  test('do not delay earlier pages, which are sent at the end of the window whatever else comes then', async () => {
    const ids = await storm(5);
    await everySend();
    for (let window = 1; window <= 2; window++) {
      world.clock.advance(30_000);
      for (let n = 0; n < 3; n++) {
        const [page] = await world.everyPage();
        const again = {
          ...(page as StoredPage),
          subject: alertSubject(`alr_anew${window}${n}`),
          dueAt: world.clock.now().toISOString(),
        };
        await world.escalations.call([again], world.clock.now());
        await work(people(), { part: `ALERT#${again.subject.id}`, item: `PAGE#${again.key}`, dueAt: again.dueAt });
      }
      await everySend();
      expect((await endsOf(ids)).map((page) => page?.status)).toEqual(ids.map(() => 'sent'));
    }
    expect(said.filter((text) => text.startsWith('2 alerts'))).toHaveLength(1);
  });

  test('go out under a key of all pages of the digest, and a page that is left alone under its own', async () => {
    const ids = await storm(5);
    await everySend();
    world.provider = () => Promise.reject(refusal('ThrottlingException'));
    world.handed.length = 0;
    world.clock.advance(30_000);
    await everySend();
    world.provider = () => Promise.resolve({ provider: 'sns', providerId: 'm' });
    world.clock.advance(31_000);
    await everySend();
    const waited = (await endsOf(ids)).filter((page) => page?.joins);
    const both = messageKeyOf(waited as StoredPage[]);
    expect(world.handed).toEqual([both]);
    expect(messageKeyOf(waited.toReversed() as StoredPage[])).toBe(both);
    const [first, second] = waited as [StoredPage, StoredPage];
    expect(messageKeyOf([first])).toBe(`${first.subject.id}#${first.key}`);
    expect(messageKeyOf([first, { ...second, key: 'other' }])).not.toBe(both);
  });

  test('stay together where the provider refuses them, and wait as long as it asks although others come', async () => {
    await storm(5);
    await everySend();
    const refused = Object.assign(refusal('TooManyRequestsException'), { retryAfterMs: 45_000 });
    world.provider = () => Promise.reject(refused);
    world.clock.advance(30_000);
    await everySend();
    world.provider = () => Promise.resolve({ provider: 'sns', providerId: 'm' });
    const [page] = await world.everyPage();
    const later = ['alr_storm_a', 'alr_storm_b', 'alr_storm_c', 'alr_storm_d', 'alr_storm_e'].map(alertSubject);
    const at = world.clock.now();
    for (const subject of later) {
      const dueAt = new Date(at.getTime() + 1_000).toISOString();
      await world.escalations.call([{ ...(page as StoredPage), subject, title: 'Later', dueAt }], at);
    }
    said = [];
    for (let second = 0; second < 44; second++) {
      world.clock.advance(1_000);
      await everySend();
    }
    expect(said.map((text) => text.split('\n')[0])).toEqual([
      'CRITICAL: Later (shop)',
      'CRITICAL: Later (shop)',
      '3 alerts',
    ]);
    expect(said.join()).not.toContain('Storm');
    for (let second = 0; second < 30; second++) {
      world.clock.advance(1_000);
      await everySend();
    }
    expect(said.slice(3)).toEqual([expect.stringMatching(/^2 alerts\nCRITICAL: Storm/)]);
  });

  test('go out in one digest again after their sender died', async () => {
    await storm(8);
    await everySend();
    world.clock.advance(30_000);
    for (const { subject, key } of await world.digests.waiting('con_ana')) {
      const page = (await world.escalations.page(subject, key)) as StoredPage;
      await world.escalations.savePage(page, claimed(page, world.clock.now()), world.clock.now());
    }
    world.clock.advance(60_000);
    await everySend();
    expect(said.slice(3)).toEqual([expect.stringMatching(/^5 alerts\n/)]);
  });

  test('leave a page that is left alone its own message, which changes with its alert', async () => {
    const ids = await storm(4);
    await everySend();
    world.clock.advance(30_000);
    await everySend();
    expect(said[3]).toMatch(/^CRITICAL: Storm \d+ \(shop\)/);
    const ends = await endsOf(ids);
    expect(ends.map((page) => [page?.status, page?.joins])).toEqual(ids.map(() => ['sent', undefined]));
    expect(await world.digests.waiting('con_ana')).toEqual([]);
  });

  test('do not take a page that another sender has', async () => {
    await storm(6);
    await everySend();
    const [taken] = await world.digests.waiting('con_ana');
    const { subject = alertSubject(''), key = '' } = taken ?? {};
    world.clock.advance(29_000);
    const page = (await world.escalations.page(subject, key)) as StoredPage;
    await world.escalations.savePage(page, claimed(page, world.clock.now()), world.clock.now());
    world.clock.advance(1_000);
    await everySend();
    expect(said[3]).toMatch(/^2 alerts\n/);
    expect(await world.escalations.page(subject, key)).toMatchObject({ status: 'sending', attempts: 1 });
  });

  test('report two pages of one alert, such as those of two steps', async () => {
    const ids = await storm(5);
    await everySend();
    const subject = (await world.digests.waiting('con_ana'))[0]?.subject ?? alertSubject('');
    const [first] = await endsOf([subject.id]);
    const second = { ...(first as StoredPage), key: `${first?.key}x`, status: 'planned' as const, joins: false };
    await world.escalations.call([{ ...second, dueAt: world.clock.now().toISOString() }], world.clock.now());
    await everySend();
    expect(await world.digests.waiting('con_ana')).toHaveLength(3);
    world.clock.advance(30_000);
    await everySend();
    expect(said[3]).toMatch(/^3 alerts\n/);
    expect(await world.escalations.page(subject, second.key)).toMatchObject({ status: 'sent' });
    expect((await endsOf(ids)).map((page) => page?.status)).toEqual(ids.map(() => 'sent'));
  });

  test('leave out an alert that was acknowledged while its page waited', async () => {
    const ids = await storm(6);
    await everySend();
    world.alert = { status: 'acknowledged', acknowledgedBy: 'ben', snoozedUntil: null };
    world.clock.advance(30_000);
    await everySend();
    expect(said).toHaveLength(3);
    expect((await endsOf(ids)).filter((page) => page?.status === 'skipped')).toHaveLength(3);
  });

  test('are all sent in the end if the provider refuses or the sender of the digest dies', async () => {
    const ids = await storm(8);
    await everySend();
    world.provider = () => Promise.reject(refusal('ThrottlingException'));
    world.clock.advance(30_000);
    await everySend();
    world.provider = () => Promise.resolve({ provider: 'sns', providerId: 'm' });
    const [dying] = (await world.digests.waiting('con_ana')).slice(0, 1);
    const before = await world.escalations.page(dying?.subject ?? alertSubject(''), dying?.key ?? '');
    // It had claimed this one, and did no more.
    await world.escalations.savePage(
      before as StoredPage,
      claimed(before as StoredPage, world.clock.now()),
      world.clock.now(),
    );
    for (let n = 0; n < 8; n++) {
      world.clock.advance(31_000);
      await everySend();
    }
    expect((await endsOf(ids)).map((page) => page?.status)).toEqual(ids.map(() => 'sent'));
    expect(said.length).toBeLessThan(ids.length);
    expect(await world.digests.waiting('con_ana')).toEqual([]);
  });
});
