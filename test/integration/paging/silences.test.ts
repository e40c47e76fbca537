import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { AlertMessage } from '../../../functions/alerts/events.ts';
import { fire } from '../../../functions/paging/escalations/fire.ts';
import { follow } from '../../../functions/paging/escalations/follow.ts';
import { send } from '../../../functions/paging/pages/send.ts';
import type { StoredPolicy } from '../../../functions/oncall/policies/policy.ts';
import { startDynamo, type TestDynamo } from '../../support/dynamo.ts';
import { ALERT, opened, pagedAfter, pagingIn, policyOf, user, type PagingWorld } from '../../support/paging.ts';
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

describe('a silence that begins during an escalation', () => {
  const SILENCE = { id: 's1', createdBy: 'night shift', endsAt: '2026-11-21T04:00:00.000Z' };
  const REASON = { code: 'silenced', by: 'night shift', until: '2026-11-21T04:00:00.000Z' };
  const silenceEnded = { ...opened, transition: 'silence_ended', sequence: 2 } as unknown as AlertMessage;
  const silencedInTheNight = async () => {
    await follow(world.deps(), opened);
    await world.settle();
    world.silence = SILENCE;
    world.clock.advance(300_000);
    await world.settle();
  };

  test('holds it as its next page is due, and the ledger says why', async () => {
    await silencedInTheNight();
    expect(await world.everyPage()).toMatchObject([
      { userId: 'usr_ana', status: 'sent' },
      { userId: 'usr_ben', status: 'skipped', reason: REASON },
    ]);
    expect(await world.escalations.escalation(ALERT)).toMatchObject({ status: 'silenced', round: 0 });
    world.clock.advance(3_600_000);
    await world.settle();
    expect(world.handed).toHaveLength(1);
  });

  test('has it begin another round when it ends, once', async () => {
    await silencedInTheNight();
    world.silence = undefined;
    await follow(world.deps(), silenceEnded);
    await follow(world.deps(), silenceEnded);
    await world.settle();
    expect(await world.everyPage()).toMatchObject([
      { round: 0, userId: 'usr_ana', status: 'sent' },
      { round: 0, userId: 'usr_ben', status: 'skipped' },
      { round: 1, userId: 'usr_ana', status: 'sent' },
    ]);
    expect(await world.escalations.escalation(ALERT)).toMatchObject({ status: 'escalating', round: 1, step: 1 });
  });

  test('changes nothing where no page was due in it', async () => {
    await follow(world.deps(), opened);
    await world.settle();
    world.silence = SILENCE;
    world.clock.advance(60_000);
    await world.settle();
    world.silence = undefined;
    await follow(world.deps(), silenceEnded);
    world.clock.advance(240_000);
    await world.settle();
    expect(await world.everyPage()).toMatchObject([
      { round: 0, userId: 'usr_ana', status: 'sent' },
      { round: 0, userId: 'usr_ben', status: 'sent' },
    ]);
  });

  test('and is over before it is written down is not written down: the page is sent after all', async () => {
    await follow(world.deps(), opened);
    await fire(world.deps(), ALERT);
    const [page] = await world.everyPage();
    const asItEnds = {
      ...world.deps(),
      silencedNow: async () => {
        await follow(world.deps(), silenceEnded);
        return () => SILENCE;
      },
    };
    expect(await send(asItEnds, { subject: alertSubject(ALERT), key: page?.key ?? '' })).toMatchObject({
      status: 'planned',
      reason: REASON,
    });
    world.clock.advance(2_000);
    await world.settle();
    expect(await world.everyPage()).toMatchObject([{ userId: 'usr_ana', round: 0, status: 'sent' }]);
  });

  test('also holds an escalation whose alert is snoozed or acknowledged during the silence, unpublished', async () => {
    world.alert = { status: 'open', snoozedUntil: '2026-11-21T03:30:00.000Z' };
    await follow(world.deps(), opened);
    world.silence = SILENCE;
    await world.settle();
    expect(await world.escalations.escalation(ALERT)).toMatchObject({ status: 'silenced' });
    world.alert = { status: 'open', snoozedUntil: null };
    world.silence = undefined;
    await follow(world.deps(), silenceEnded);
    await world.settle();
    expect(await world.everyPage()).toMatchObject([
      { userId: 'usr_ana', round: 0, status: 'skipped' },
      { userId: 'usr_ana', round: 1, status: 'sent' },
    ]);
  });

  test('and has ended, but is not yet published as ended, sends no page of the old round beside the new one', async () => {
    world.rules = {
      usr_ben: pagedAfter(2, 'con_ben'),
    };
    const both = { targets: [user('usr_ana'), user('usr_ben')], escalateAfterMinutes: 5 };
    world.policies = { default: { ...policyOf('default'), steps: [both] } as unknown as StoredPolicy };
    await follow(world.deps(), opened);
    await fire(world.deps(), ALERT);
    world.silence = SILENCE;
    await world.settle();
    world.silence = undefined;
    world.clock.advance(120_000);
    await world.settle();
    expect(await world.everyPage()).toMatchObject([
      { userId: 'usr_ana', status: 'skipped', reason: REASON },
      { userId: 'usr_ben', status: 'skipped', reason: { code: 'silence_began' } },
    ]);
  });
});
