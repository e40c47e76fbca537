import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { AlertMessage } from '../../../functions/alerts/events.ts';
import { escalateAlert } from '../../../functions/paging/escalations/escalate-alert.ts';
import { fire } from '../../../functions/paging/escalations/fire.ts';
import { follow } from '../../../functions/paging/escalations/follow.ts';
import { listPages } from '../../../functions/paging/pages/list-pages.ts';
import { makeLinks } from '../../../functions/paging/links/make.ts';
import { takeReplyCode } from '../../../functions/paging/replies/make.ts';
import { send } from '../../../functions/paging/pages/send.ts';
import type { EscalationStore } from '../../../functions/paging/escalations/store.ts';
import { tick } from '../../../functions/paging/escalations/tick.ts';
import { work } from '../../../functions/paging/escalations/work.ts';
import { PAGING_TABLE_SHAPE } from '../../../functions/paging/table.ts';
import { startDynamo, type TestDynamo } from '../../support/dynamo.ts';
import { decisionOf } from '../../support/oncall.ts';
import { memoryTable } from '../../support/memory-table.ts';
import {
  ALERT,
  ANA,
  opened,
  pagingIn,
  policyOf,
  refusal,
  pagingOn,
  user,
  type PagingWorld,
} from '../../support/paging.ts';
import { linkStore, replyStore } from '../../support/stores.ts';
import { alertSubject } from '../../../functions/paging/subject.ts';

let dynamo: TestDynamo;
let world: PagingWorld;

beforeAll(async () => {
  dynamo = await startDynamo();
});
afterAll(() => dynamo.stop());
beforeEach(async () => {
  world = await pagingIn(dynamo);
});

describe('a step', () => {
  test('is reached at the second attempt where two transactions met, and both were refused', async () => {
    await follow(world.deps(), opened);
    let refusals = 0;
    const meeting = {
      ...world.escalations,
      fire: (...given: Parameters<EscalationStore['fire']>) =>
        refusals++ === 0 ? Promise.resolve(false) : world.escalations.fire(...given),
    };
    expect(await fire(world.deps({ escalations: meeting }), ALERT)).toMatchObject({ step: 1 });
    expect(await world.everyPage()).toHaveLength(1);
  });

  test('is reached even if its alert changes at the same moment', async () => {
    await follow(world.deps(), opened);
    let told = false;
    const meeting = {
      ...world.escalations,
      fire: async (...given: Parameters<EscalationStore['fire']>) => {
        if (!told) await follow(world.deps(), { ...opened, transition: 'severity_raised', sequence: 2 });
        told = true;
        return world.escalations.fire(...given);
      },
    };
    expect(await fire(world.deps({ escalations: meeting }), ALERT)).toMatchObject({ step: 1, sequence: 2 });
    expect(await world.everyPage()).toHaveLength(1);
  });

  test('that ten functions reach at once is reached once, and its page is handed over once by ten senders', async () => {
    await follow(world.deps(), opened);
    await Promise.allSettled(Array.from({ length: 10 }, () => fire(world.deps(), ALERT)));
    const pages = await world.everyPage();
    expect(pages).toMatchObject([{ userId: 'usr_ana', status: 'planned' }]);
    await Promise.all(
      Array.from({ length: 10 }, () => send(world.deps(), { subject: alertSubject(ALERT), key: pages[0]?.key ?? '' })),
    );
    expect(world.handed).toHaveLength(1);
    expect(await world.everyPage()).toMatchObject([{ status: 'sent', attempts: 1, provider: 'sns', providerId: 'm1' }]);
  });

  test('that is escalated in the millisecond in which somebody acknowledges pages nobody after that, in whatever order calls arrive', async () => {
    const ends = new Set<string>();
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.nat(20), async (scheduler, callsBefore) => {
        let isOneByOne = false;
        const turn = (what: string) => (isOneByOne ? scheduler.schedule(Promise.resolve(), what) : Promise.resolve());
        world = await pagingOn(memoryTable(PAGING_TABLE_SHAPE, turn));
        await follow(world.deps(), opened);
        await world.settle();
        expect(world.handed).toHaveLength(1);

        const whenHanded: unknown[] = [];
        world.provider = () => {
          whenHanded.push(world.alert.status);
          return Promise.resolve({ provider: 'sns', providerId: 'm' });
        };
        isOneByOne = true;
        const acknowledgement = async (): Promise<void> => {
          for (let call = 0; call <= callsBefore; call++) await turn('acknowledge');
          world.alert = {
            status: 'acknowledged',
            acknowledgedBy: 'ana',
            acknowledgedAt: world.clock.now().toISOString(),
          };
          const told = {
            ...opened,
            transition: 'acknowledged',
            sequence: 2,
            alert: { ...opened.alert, ...world.alert },
          };
          await follow(world.deps(), told as AlertMessage);
        };
        const escalation = async (): Promise<string> => {
          const answer = await escalateAlert(world.deps(), { caller: ANA }, { id: ALERT }).then(
            () => 'reached',
            (error: unknown) => (error as { code: string }).code,
          );
          await world.settle();
          return answer;
        };
        const [, answer] = await scheduler.waitFor(Promise.all([acknowledgement(), escalation()]));
        isOneByOne = false;
        ends.add(`${answer}, ${world.handed.length} paged`);
        await world.settle();
        const paged = world.handed.length;
        world.clock.advance(3_600_000);
        await world.settle();

        expect(world.handed).toHaveLength(paged);
        expect(whenHanded.filter((status) => status !== 'open')).toEqual([]);
        expect(await world.escalations.escalation(ALERT)).toMatchObject({ status: 'held' });
        expect((await world.everyPage()).filter(({ status }) => status === 'planned' || status === 'sending')).toEqual(
          [],
        );
      }),
      // Orders in which each of both is first at times.
      { numRuns: 60, seed: 3 },
    );
    expect(ends).toContain('reached, 2 paged');
    expect(ends).toContain('escalation.not_escalating, 1 paged');
  });

  test('of a person without contacts is followed by the next at once, and the ledger says why', async () => {
    await world.contacts.remove('usr_ana', 'con_ana', {} as never, world.clock.now());
    await follow(world.deps(), opened);
    await world.settle();
    expect(await world.everyPage()).toMatchObject([
      { userId: 'usr_ana', status: 'skipped', reason: { code: 'no_verified_contact' } },
      { userId: 'usr_ben', status: 'sent' },
    ]);
  });

  test.each([
    ['disabled', { code: 'user_disabled' }],
    ['deleted', { code: 'user_deleted' }],
  ] as const)('of a person who was %s at night is followed by the next at once', async (status, reason) => {
    world.statuses = { usr_ana: status };
    await follow(world.deps(), opened);
    await world.settle();
    expect(await world.everyPage()).toMatchObject([
      { userId: 'usr_ana', status: 'skipped', reason },
      { userId: 'usr_ben', status: 'sent' },
    ]);
    expect(world.handed).toHaveLength(1);
  });

  test('is never written without its next look, whichever call a function dies after', async () => {
    await follow(world.deps(), opened);
    for (let dies = 1; dies < 8; dies++) {
      let calls = 0;
      const mortal = Object.fromEntries(
        Object.entries(world.escalations).map(([name, call]) => [
          name,
          async (...given: never[]) => {
            const answer = await (call as (...all: never[]) => Promise<unknown>)(...given);
            if (++calls === dies) throw new Error('died');
            return answer;
          },
        ]),
      ) as unknown as EscalationStore;
      for (const key of await world.escalations.due(world.clock.now(), 100)) {
        await work(world.deps({ escalations: mortal }), key).catch(() => undefined);
      }
      const escalation = await world.escalations.escalation(ALERT);
      const waiting = await world.escalations.due(new Date('2027-01-01'), 100);
      if (escalation?.status === 'escalating') expect(waiting.map(({ item }) => item)).toContain('ESCALATION');
      for (const { status, key } of await world.everyPage()) {
        if (status === 'planned' || status === 'sending')
          expect(waiting.map(({ item }) => item)).toContain(`PAGE#${key}`);
      }
      world.clock.advance(61_000);
    }
    world.clock.advance(3_600_000);
    await world.settle();
    const pages = await world.everyPage();
    expect(pages.map(({ userId, status }) => [userId, status])).toEqual([
      ['usr_ana', 'sent'],
      ['usr_ben', 'sent'],
    ]);
    expect(new Set(world.handed).size).toBe(2);
  });
});

describe('an escalation that has come to its end', () => {
  const isUnreached = async () => (await world.escalations.quiet({ limit: 1 })).items[0]?.unreached ?? false;
  const gone = () => (world.provider = () => Promise.reject(refusal('InvalidParameterException')));

  test('has reached somebody where one page was sent, whatever became of the others', async () => {
    world.statuses = { usr_ben: 'disabled' };
    await follow(world.deps(), opened);
    await world.settle();
    world.clock.advance(300_000);
    await world.settle();
    expect([(await world.escalations.escalation(ALERT))?.status, await isUnreached()]).toEqual(['exhausted', false]);
  });

  test('has reached nobody where nobody can be paged', async () => {
    world.statuses = { usr_ana: 'disabled', usr_ben: 'deleted' };
    await follow(world.deps(), opened);
    await world.settle();
    expect([(await world.escalations.escalation(ALERT))?.status, await isUnreached()]).toEqual(['exhausted', true]);
  });

  test('has reached nobody where providers refuse each page for good', async () => {
    gone();
    await follow(world.deps(), opened);
    await world.settle();
    expect((await world.everyPage()).map(({ status }) => status)).toEqual(['failed', 'failed']);
    expect([(await world.escalations.escalation(ALERT))?.status, await isUnreached()]).toEqual(['exhausted', true]);
  });

  test('has reached nobody where the pages of one step fail and the other has none', async () => {
    gone();
    world.statuses = { usr_ben: 'disabled' };
    await follow(world.deps(), opened);
    await world.settle();
    expect(await isUnreached()).toBe(true);
  });

  test('may reach somebody in the next round', async () => {
    world.statuses = { usr_ana: 'disabled', usr_ben: 'deleted' };
    await follow(world.deps(), opened);
    await world.settle();
    world.statuses = {};
    await follow(world.deps(), { ...opened, transition: 'severity_raised', sequence: 2 });
    await world.settle();
    world.clock.advance(300_000);
    await world.settle();
    expect([(await world.escalations.escalation(ALERT))?.status, await isUnreached()]).toEqual(['exhausted', false]);
  });
});

describe('the policy', () => {
  test.each([
    ['is the one that routing names', 'shop', 'usr_ben'],
    ['is the default where routing names one that nobody knows', 'nobody-knows', 'usr_ana'],
    ['is the default where the one that routing names was deleted', 'deleted', 'usr_ana'],
  ])('%s', async (_what, named, paged) => {
    world.policies = {
      ...world.policies,
      shop: policyOf('shop', user('usr_ben')),
      deleted: { ...policyOf('deleted', user('usr_ben')), deleted: true },
    };
    world.decision = decisionOf({ policyId: named });
    await follow(world.deps(), opened);
    await world.settle();
    expect((await world.everyPage()).map(({ userId }) => userId)).toEqual([paged]);
  });
});

describe('an alert that routing suppresses', () => {
  test('pages nobody, says so, and pages once routing does not suppress it any more', async () => {
    world.decision = decisionOf({ suppressed: true });
    await follow(world.deps(), opened);
    await world.settle();
    expect(await world.escalations.escalation(ALERT)).toMatchObject({ status: 'suppressed' });
    expect(await world.everyPage()).toEqual([]);
    world.decision = decisionOf({ said: { severity: 'warning', service: 'db', urgency: 'high' } });
    await follow(world.deps(), { ...opened, transition: 'severity_raised', sequence: 2 });
    await world.settle();
    expect(await world.everyPage()).toMatchObject([
      { userId: 'usr_ana', status: 'sent', severity: 'warning', service: 'db', urgency: 'high' },
    ]);
  });

  test('whose policy is deleted meanwhile ends with its alert all the same', async () => {
    world.decision = decisionOf({ suppressed: true });
    await follow(world.deps(), opened);
    world.policies = {};
    await follow(world.deps(), { ...opened, sequence: 2, alert: { ...opened.alert, status: 'resolved' } });
    expect(await world.escalations.escalation(ALERT)).toMatchObject({ status: 'ended' });
  });
});

describe('the tick', () => {
  test('begins nothing that a slow provider would keep beyond its own end: that stays due', async () => {
    await follow(world.deps(), opened);
    await fire(world.deps(), ALERT);
    expect(await tick({ ...world.deps(), remainingMs: () => 30_000 })).toEqual({ done: 0, healed: 0, failed: 0 });
    let left = 32_000;
    // There is time for the first look only.
    await tick({ ...world.deps(), remainingMs: () => (left -= 1_000) });
    expect(world.handed).toEqual([]);
    expect(await tick(world.deps())).toMatchObject({ done: 1 });
    expect(world.handed).toHaveLength(1);
  });

  test('does the work that was never woken, and counts entries more than a minute late', async () => {
    await follow(world.deps(), opened);
    world.clock.advance(61_000);
    expect(await tick(world.deps())).toMatchObject({ failed: 0, healed: 1 });
    await tick(world.deps());
    expect(world.handed).toHaveLength(1);
    expect(await tick(world.deps())).toEqual({ done: 0, healed: 0, failed: 0 });
  });
});

describe('the cost in round trips, write units and read units', () => {
  /** Of each piece of work; what it answers is left out. */
  const costs = async (work: () => Promise<unknown>): Promise<readonly [number, number, number]> => {
    const { roundTrips, writeUnits, readUnits } = await dynamo.cost(work);
    return [roundTrips, writeUnits, readUnits];
  };
  const heard = (transition: string, sequence: number, over: object) =>
    ({ ...opened, transition, sequence, alert: { ...opened.alert, ...over } }) as AlertMessage;

  test('to begin, hold and end an escalation, and to hear of it again', async () => {
    expect(await costs(() => follow(world.deps(), opened))).toEqual([2, 2, 1]);
    expect(await costs(() => follow(world.deps(), opened))).toEqual([1, 0, 1]);
    const acknowledged = heard('acknowledged', 2, { status: 'acknowledged', acknowledgedAt: null });
    expect(await costs(() => follow(world.deps(), acknowledged))).toEqual([2, 3, 1]);
    expect(await costs(() => follow(world.deps(), heard('resolved', 3, { status: 'resolved' })))).toEqual([2, 2, 1]);
  });

  test('to reach a step that pages one person at one contact, and to send that page', async () => {
    await follow(world.deps(), opened);
    expect(await costs(() => fire(world.deps(), ALERT))).toEqual([3, 7, 2]);
    const key = (await world.everyPage())[0]?.key ?? '';
    expect(await costs(() => send(world.deps(), { subject: alertSubject(ALERT), key: key }))).toEqual([5, 5, 3]);
    expect(await costs(() => send(world.deps(), { subject: alertSubject(ALERT), key: key }))).toEqual([1, 0, 1]);
  });

  test('to reach such a step whose targets take turns', async () => {
    Object.assign(world.policies['default']?.steps[0] ?? {}, { assignment: 'round_robin' });
    await follow(world.deps(), opened);
    expect(await costs(() => fire(world.deps(), ALERT))).toEqual([4, 8, 2]);
  });

  test('to send a page to a person, with its links, its code and its place in the window', async () => {
    const secret = () => Promise.resolve({ key: 'key', slackBotToken: '', slackSigningSecret: '' });
    const replies = replyStore(dynamo.client, world.tableName);
    const person = () => ({
      ...world.deps(),
      channels: { sms: { takesLinks: true as const, send: () => world.provider() } },
      linksOf: makeLinks({
        links: linkStore(dynamo.client, world.tableName),
        secret,
        publicUrl: 'https://t.example/',
        takeCode: (key, phone, of) => takeReplyCode({ clock: world.clock, replies, key }, phone, of),
      }),
    });
    await follow(world.deps(), opened);
    await fire(world.deps(), ALERT);
    const key = (await world.everyPage())[0]?.key ?? '';
    expect(await costs(() => send(person(), { subject: alertSubject(ALERT), key: key }))).toEqual([10, 9, 4]);
  });

  test('to reach the next step on request, and to list the pages', async () => {
    await follow(world.deps(), opened);
    await fire(world.deps(), ALERT);
    expect(await costs(() => escalateAlert(world.deps(), { caller: ANA }, { id: ALERT }))).toEqual([2, 3, 1]);
    expect(await costs(() => listPages(world.deps(), { id: ALERT, limit: 50 }))).toEqual([2, 0, 2]);
  });

  test('of the minute tick when nothing is due', async () => {
    expect(await costs(() => tick(world.deps()))).toEqual([1, 0, 0.5]);
  });
});
