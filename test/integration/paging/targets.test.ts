import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { StoredContact } from '../../../shared/contacts/contact.ts';
import { fire } from '../../../functions/paging/escalations/fire.ts';
import { follow } from '../../../functions/paging/escalations/follow.ts';
import type { EscalationStore } from '../../../functions/paging/escalations/store.ts';
import { send } from '../../../functions/paging/pages/send.ts';
import { startDynamo, type TestDynamo } from '../../support/dynamo.ts';
import { ALERT, crowdIn, opened, pagingIn, policyOf, refusal, user, type PagingWorld } from '../../support/paging.ts';
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

describe('whom a step reaches', () => {
  test.each([1, 5, 6, 10])('is every one of its %i targets', async (count) => {
    const crowd = await crowdIn(world, count);
    const policy = policyOf('default', user('usr_ana'));
    const steps = [{ targets: crowd.map((id) => user(id)), escalateAfterMinutes: 5 }];
    world.policies = { default: { ...policy, steps } };
    await follow(world.deps(), opened);
    await world.settle();
    expect((await world.everyPage()).map(({ userId, status }) => [userId, status])).toEqual(
      crowd.map((id) => [id, 'sent']),
    );
  });

  const schedule = { type: 'schedule', id: 'sch_1' } as const;

  test('is the users on call when it is reached, not when the alert opened', async () => {
    world.policies = { default: policyOf('default', schedule, schedule) };
    world.onCall = { sch_1: ['usr_ana'] };
    await follow(world.deps(), opened);
    await world.settle();
    world.onCall = { sch_1: ['usr_ben'] };
    world.clock.advance(300_000);
    await world.settle();
    expect(await world.everyPage()).toMatchObject([
      { targetId: 'sch_1', userId: 'usr_ana', status: 'sent' },
      { targetId: 'sch_1', userId: 'usr_ben', status: 'sent' },
    ]);
  });

  test('may be nobody, or a schedule that is gone: the ledger says so, and the next step is reached at once', async () => {
    world.policies = { default: policyOf('default', schedule, { type: 'schedule', id: 'sch_gone' }, user('usr_ben')) };
    world.onCall = { sch_1: [] };
    await follow(world.deps(), opened);
    await world.settle();
    expect(await world.everyPage()).toMatchObject([
      { targetId: 'sch_1', userId: null, status: 'skipped', reason: { code: 'nobody_on_call' } },
      { userId: null, status: 'skipped', reason: { code: 'unknown_target', target: 'schedule' } },
      { userId: 'usr_ben', status: 'sent' },
    ]);
    expect(world.handed).toHaveLength(1);
  });

  test('stays due while it cannot be found out: an outage is not taken for an empty schedule', async () => {
    world.policies = { default: policyOf('default', schedule, user('usr_ben')) };
    await follow(world.deps(), opened);
    const duty = { ...world.deps().duty, onCallNow: () => Promise.reject(new Error('throttled')) };
    await expect(fire({ ...world.deps(), duty }, ALERT)).rejects.toThrow('throttled');
    expect(await world.everyPage()).toEqual([]);
    world.onCall = { sch_1: ['usr_ana'] };
    await world.settle();
    expect(await world.everyPage()).toMatchObject([{ userId: 'usr_ana', status: 'sent' }]);
  });

  test('may be more people than one transaction takes: each is paged once, also where functions race, and then it goes on', async () => {
    const crowd = await crowdIn(world, 110);
    world.policies = { default: policyOf('default', { type: 'team', id: 'team_1' }, user('usr_ben')) };
    world.onCall = { team_1: [...crowd].reverse() };
    await follow(world.deps(), opened);
    await Promise.allSettled(Array.from({ length: 3 }, () => fire(world.deps(), ALERT)));
    expect(await world.escalations.escalation(ALERT)).toMatchObject({
      step: 0,
      nextAt: world.clock.now().toISOString(),
    });
    await world.settle();
    expect(world.handed).toHaveLength(110);
    expect(new Set(world.handed).size).toBe(110);
    expect(await world.escalations.escalation(ALERT)).toMatchObject({
      step: 1,
      nextAt: new Date(world.clock.now().getTime() + 300_000).toISOString(),
    });
  });
});

describe('a step whose targets take turns', () => {
  const inTurns = () => {
    world.policies = { default: policyOf('default', user('usr_ana'), user('usr_cat')) };
    const [first] = world.policies['default']?.steps ?? [];
    Object.assign(first ?? {}, { targets: [user('usr_ana'), user('usr_ben')], assignment: 'round_robin' });
  };
  const ring = async (id: string) => {
    await follow(world.deps(), { ...opened, alert: { ...opened.alert, id } });
    await fire(world.deps(), id);
    return (await world.everyPage(id)).map(({ userId, status }) => [userId, status]);
  };

  test('pages one of them for each alert, and the next of them for the next', async () => {
    inTurns();
    const paged = [];
    for (const id of ['alr_1', 'alr_2', 'alr_3']) paged.push(...(await ring(id)));
    expect(paged).toEqual([
      ['usr_ana', 'planned'],
      ['usr_ben', 'planned'],
      ['usr_ana', 'planned'],
    ]);
  });

  test('passes over nobody where two functions reach it at once, or its write collides', async () => {
    inTurns();
    await follow(world.deps(), { ...opened, alert: { ...opened.alert, id: 'alr_1' } });
    let collisions = 0;
    const colliding = {
      ...world.escalations,
      fire: (...given: Parameters<EscalationStore['fire']>) =>
        collisions++ === 0 ? Promise.resolve(false) : world.escalations.fire(...given),
    };
    await Promise.all([
      fire(world.deps({ escalations: colliding }), 'alr_1'),
      fire(world.deps(), 'alr_1'),
      fire(world.deps(), 'alr_1'),
    ]);
    expect((await world.everyPage('alr_1')).map(({ userId }) => userId)).toEqual(['usr_ana']);
    // The number says it: with two targets an even count of lost turns would pass over nobody by luck.
    const next = { alertId: 'alr_2', policyId: 'default', round: 1, loop: 0, step: 0 };
    expect(await world.escalations.takeTurn(next)).toBe(1);
  });

  test('passes over a target that cannot be reached, and says why', async () => {
    inTurns();
    world.statuses = { usr_ana: 'disabled' };
    expect(await ring('alr_1')).toEqual([
      ['usr_ana', 'skipped'],
      ['usr_ben', 'planned'],
    ]);
  });

  test('pages one of them however many functions reach it at once', async () => {
    inTurns();
    await follow(world.deps(), opened);
    await Promise.allSettled(Array.from({ length: 5 }, () => fire(world.deps(), ALERT)));
    expect((await world.everyPage()).filter(({ status }) => status === 'planned')).toHaveLength(1);
  });

  test('goes on with the one whose turn it was where that is more people than one transaction takes', async () => {
    inTurns();
    const crowd = await crowdIn(world, 110);
    Object.assign(world.policies['default']?.steps[0] ?? {}, {
      targets: [{ type: 'team', id: 'team_1' }, user('usr_ben')],
    });
    world.onCall = { team_1: crowd };
    await follow(world.deps(), opened);
    await fire(world.deps(), ALERT);
    await fire(world.deps(), ALERT);
    const paged = (await world.everyPage()).map(({ userId }) => userId);
    expect(paged).toEqual(crowd);
  });
});

describe('a step that counts at some hours only', () => {
  const weekdays = {
    timeZone: 'Europe/Berlin',
    windows: [{ type: 'daily', days: [1, 2, 3, 4, 5], from: '08:00', to: '18:00' }],
  };
  const weekends = {
    timeZone: 'Europe/Berlin',
    windows: [{ type: 'weekly', fromDay: 6, from: '00:00', toDay: 1, to: '08:00' }],
  };
  /** The clock of these tests stands on a Saturday. */
  const byDay = (...hours: (object | undefined)[]) => {
    world.policies = { default: policyOf('default', user('usr_ana'), user('usr_ben')) };
    for (const [i, step] of (world.policies['default']?.steps ?? []).entries())
      Object.assign(step, { hours: hours[i] });
  };

  test('is passed over at others: the ledger says so, and the next is reached at once', async () => {
    byDay(weekdays, weekends);
    await follow(world.deps(), opened);
    await world.settle();
    expect(await world.everyPage()).toMatchObject([
      { targetId: 'usr_ana', userId: null, status: 'skipped', reason: { code: 'outside_hours' } },
      { userId: 'usr_ben', status: 'sent' },
    ]);
  });

  test('counts all the same where no step would: there is no hour at which nobody is paged', async () => {
    byDay(weekdays, weekdays);
    await follow(world.deps(), opened);
    await world.settle();
    expect(await world.everyPage()).toMatchObject([{ userId: 'usr_ana', status: 'sent' }]);
  });
});

describe('a channel that the configuration switches off', () => {
  test('sends nothing, the ledger says so, and the next step is reached at once', async () => {
    world.notifications = { ...world.notifications, channels: { ...world.notifications.channels, sms: false } };
    await follow(world.deps(), opened);
    await world.settle();
    const reason = { code: 'channel_off', channel: 'sms' };
    expect(world.handed).toEqual([]);
    expect(await world.everyPage()).toMatchObject([
      { userId: 'usr_ana', status: 'skipped', reason },
      { userId: 'usr_ben', status: 'skipped', reason },
    ]);
  });
});

describe('a step that reaches nobody after all', () => {
  const place = async () => {
    const { step, nextAt } = (await world.escalations.escalation(ALERT)) ?? expect.fail();
    return { step, nextAt };
  };
  const REFUSED = refusal('InvalidParameterException');

  test('is followed by the next at once: its only page failed for good', async () => {
    await follow(world.deps(), opened);
    await fire(world.deps(), ALERT);
    world.clock.advance(1_000);
    world.provider = () => Promise.reject(REFUSED);
    await send(world.deps(), { subject: alertSubject(ALERT), key: (await world.everyPage())[0]?.key ?? '' });
    expect(await place()).toEqual({ step: 1, nextAt: world.clock.now().toISOString() });
    world.provider = () => Promise.resolve({ provider: 'sns', providerId: 'm2' });
    await world.settle();
    expect(await world.everyPage()).toMatchObject([
      { userId: 'usr_ana', status: 'failed' },
      { userId: 'usr_ben', status: 'sent' },
    ]);
  });

  test('is followed by the next at once, also where a step before it has reached somebody', async () => {
    world.policies = { default: policyOf('default', user('usr_ana'), user('usr_ben'), user('usr_cai')) };
    await follow(world.deps(), opened);
    await world.settle();
    world.clock.advance(300_000);
    world.provider = () => Promise.reject(REFUSED);
    await world.settle();
    expect((await world.everyPage()).map(({ userId, status }) => `${userId} ${status}`)).toEqual([
      'usr_ana sent',
      'usr_ben failed',
      'usr_cai skipped',
    ]);
  });

  test('is not, while another page of it may reach somebody, or where somebody has taken care of the alert', async () => {
    await world.contacts.add({ id: 'con_ana2', userId: 'usr_ana', channel: 'sms', verified: true } as StoredContact);
    await follow(world.deps(), opened);
    await fire(world.deps(), ALERT);
    const inFiveMinutes = new Date(world.clock.now().getTime() + 300_000).toISOString();
    world.provider = () => Promise.reject(REFUSED);
    const [one, other] = await world.everyPage();
    await send(world.deps(), { subject: alertSubject(ALERT), key: one?.key ?? '' });
    expect(await place()).toEqual({ step: 1, nextAt: inFiveMinutes });
    world.alert = { ...world.alert, status: 'acknowledged', acknowledgedBy: 'ben' };
    await send(world.deps(), { subject: alertSubject(ALERT), key: other?.key ?? '' });
    expect(await place()).toEqual({ step: 1, nextAt: inFiveMinutes });
  });

  test('does not hurry a step of a later round', async () => {
    await follow(world.deps(), opened);
    await fire(world.deps(), ALERT);
    await follow(world.deps(), { ...opened, transition: 'unacknowledged', sequence: 3 });
    world.clock.advance(1_000);
    const before = await place();
    world.provider = () => Promise.reject(REFUSED);
    await send(world.deps(), { subject: alertSubject(ALERT), key: (await world.everyPage())[0]?.key ?? '' });
    expect(await place()).toEqual(before);
  });
});
