import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Alert } from '../../../functions/alerts/port.ts';
import type { StoredContact } from '../../../shared/contacts/contact.ts';
import { follow } from '../../../functions/paging/escalations/follow.ts';
import { pageMessageIn } from '../../../functions/paging/pages/page-reports.ts';
import type { StoredRules } from '../../../functions/paging/rules/notification-rules.ts';
import { startDynamo, type TestDynamo } from '../../support/dynamo.ts';
import { opened, pagingIn, policyOf, refusal, user, type PagingWorld } from '../../support/paging.ts';
import { runs } from '../../support/runs.ts';

/*
 * A provider that knows no idempotency keys takes a page, and its answer is late or lost: nobody can say whether the page was
 * delivered.
 */

let dynamo: TestDynamo;
let world: PagingWorld;
beforeAll(async () => {
  dynamo = await startDynamo();
});
afterAll(() => dynamo.stop());
beforeEach(async () => {
  world = await pagingIn(dynamo);
});

const lost = () => Promise.reject(refusal('TimeoutError'));
const begin = () => follow(world.deps(), opened);
const pagesOf = async (userId: string) => (await world.everyPage()).filter((page) => page.userId === userId);
/** Lets time pass, a second at a time, and does what becomes due. */
const pass = async (seconds: number): Promise<void> => {
  for (let i = 0; i < seconds; i++) {
    world.clock.advance(1_000);
    await world.settle();
  }
};
const mailbox = (rules?: Partial<StoredRules>) => {
  if (rules) world.rules = { usr_ana: { low: [], quietHours: null, version: 1, ...rules } as unknown as StoredRules };
  return world.contacts.add({
    id: 'con_mail',
    userId: 'usr_ana',
    channel: 'email',
    to: 'ana@example.com',
    verified: true,
    guesses: 0,
  } as StoredContact);
};

describe('a page whose provider gives no answer', () => {
  test('is repeated once after half a minute, and the ledger says that it may have been delivered', async () => {
    await begin();
    world.provider = lost;
    await world.settle();
    expect(await pagesOf('usr_ana')).toMatchObject([
      { status: 'planned', unanswered: 1, reason: { code: 'unanswered' } },
    ]);
    await pass(29);
    expect(world.handed).toHaveLength(1);
    world.provider = () => Promise.resolve({ provider: 'sns', providerId: 'm2' });
    await pass(2);
    expect(world.handed).toHaveLength(2);
    expect(await pagesOf('usr_ana')).toMatchObject([{ status: 'sent', attempts: 2, reason: null }]);
  });

  test('is unconfirmed where the repeat has no answer either: never a third, and the next step is reached at once', async () => {
    await begin();
    world.provider = lost;
    await pass(32);
    expect(await pagesOf('usr_ana')).toMatchObject([{ status: 'unconfirmed', reason: { code: 'unanswered_twice' } }]);
    expect(await pagesOf('usr_ben')).toHaveLength(1);
    await pass(300);
    const toAna = world.handed.filter((key) => key.includes('usr_ana'));
    expect(toAna).toHaveLength(2);
  });

  test('is not repeated once somebody has acknowledged', async () => {
    await begin();
    world.provider = lost;
    await world.settle();
    world.alert = { status: 'acknowledged', acknowledgedBy: 'ana', snoozedUntil: null } as Partial<Alert>;
    await pass(40);
    expect(world.handed).toHaveLength(1);
    expect(await pagesOf('usr_ana')).toMatchObject([
      { status: 'skipped', reason: { code: 'acknowledged', by: 'ana' } },
    ]);
  });

  test('is not repeated where another channel has reached the user', async () => {
    await mailbox();
    await begin();
    world.provider = lost;
    await pass(40);
    expect(world.handed).toHaveLength(1);
    expect(world.mailed).toHaveLength(1);
    expect((await pagesOf('usr_ana')).map(({ channel, status }) => `${channel} ${status}`).sort()).toEqual([
      'email sent',
      'sms unconfirmed',
    ]);
    expect(await pagesOf('usr_ben')).toEqual([]);
  });

  test('has the other channels of the user paged at once, without their delays', async () => {
    await mailbox({
      high: [
        { contactId: 'con_ana', delayMinutes: 0 },
        { contactId: 'con_mail', delayMinutes: 3 },
      ],
    });
    await begin();
    world.provider = lost;
    await world.settle();
    await world.settle();
    expect(world.mailed).toHaveLength(1);
    await pass(60);
    expect(world.handed).toHaveLength(1);
  });

  test('does not have another provider asked again before the time that it named', async () => {
    await mailbox({
      high: [
        { contactId: 'con_mail', delayMinutes: 0 },
        { contactId: 'con_ana', delayMinutes: 1 },
      ],
    });
    world.provider = lost;
    world.mailProvider = () =>
      Promise.reject(Object.assign(refusal('TooManyRequestsException'), { retryAfterMs: 90_000 }));
    await begin();
    await pass(90);
    expect(world.handed).toHaveLength(1);
    expect(world.mailed).toHaveLength(1);
    await pass(1);
    expect(world.mailed).toHaveLength(2);
  });

  test('leaves pages that wait for quiet hours waiting', async () => {
    await mailbox({
      high: [{ contactId: 'con_ana', delayMinutes: 0 }],
      low: [
        { contactId: 'con_ana', delayMinutes: 0 },
        { contactId: 'con_mail', delayMinutes: 10 },
      ],
      quietHours: { from: '03:05', to: '07:00', timeZone: 'UTC' },
    });
    await follow(world.deps(), { ...opened, alert: { ...opened.alert, severity: 'warning' } });
    world.provider = lost;
    await pass(40);
    expect(world.mailed).toEqual([]);
    expect((await pagesOf('usr_ana')).find(({ channel }) => channel === 'email')).toMatchObject({
      status: 'planned',
      dueAt: '2026-11-21T07:00:00.000Z',
    });
  });

  test('is repeated where the other channel reaches nobody either', async () => {
    await mailbox();
    await begin();
    world.provider = lost;
    world.mailProvider = () => Promise.reject(refusal('MessageRejected'));
    await pass(32);
    expect(world.handed.filter((key) => key.includes('usr_ana'))).toHaveLength(2);
  });

  test('is none where SES takes no mail because its identity is no longer verified: the page fails, and the next step is reached at once', async () => {
    world.policies = { default: policyOf('default', user('usr_mia'), user('usr_ben')) };
    await world.contacts.add({
      id: 'con_mia',
      userId: 'usr_mia',
      channel: 'email',
      to: 'mia@example.com',
      verified: true,
      guesses: 0,
    } as StoredContact);
    await begin();
    world.mailProvider = () => Promise.reject(refusal('MessageRejected'));
    await pass(1);
    expect(await pagesOf('usr_mia')).toMatchObject([
      { status: 'failed', attempts: 1, reason: { code: 'refused', error: 'MessageRejected' } },
    ]);
    expect(await pagesOf('usr_ben')).toMatchObject([{ status: 'sent' }]);
  });

  test.each([
    ['a throttle', 'ThrottlingException', {}],
    ['a 503', 'ServiceUnavailable', { $metadata: { httpStatusCode: 503 } }],
    ['a refused connection', 'Error', { code: 'ECONNREFUSED' }],
  ])('differs from a refusal: after %s the page is sent as often as ever', async (_what, name, more) => {
    await begin();
    world.provider = () => Promise.reject(Object.assign(refusal(name), more));
    await pass(30);
    expect(world.handed.length).toBeGreaterThan(3);
    expect((await pagesOf('usr_ana'))[0]?.unanswered).toBeUndefined();
  });

  test('is reported to incidents as one that failed, with the reason', async () => {
    await begin();
    world.provider = lost;
    await pass(32);
    const [after] = await pagesOf('usr_ana');
    expect(pageMessageIn({ before: undefined, after, at: world.clock.now() })).toMatchObject({
      status: 'failed',
      reason: { code: 'unanswered_twice' },
    });
  });
});

test('a person gets at most two messages of a page that may have been delivered, whatever a provider does', async () => {
  const behaviours = ['sent', 'refused', 'lost', 'late'] as const;
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...behaviours), { minLength: 1, maxLength: 8 }), async (acts) => {
      world = await pagingIn(dynamo);
      world.policies = { default: policyOf('default', user('usr_ana')) };
      await begin();
      let mayHave = 0;
      let i = 0;
      world.provider = () => {
        const act = acts[i++ % acts.length];
        if (act === 'refused') return Promise.reject(refusal('ThrottlingException'));
        mayHave += 1;
        return act === 'sent' ? Promise.resolve({ provider: 'sns', providerId: 'm' }) : lost();
      };
      for (let round = 0; round < 12; round++) await pass15();
      const [page] = await pagesOf('usr_ana');
      expect(mayHave).toBeLessThanOrEqual(2);
      expect(['sent', 'failed', 'unconfirmed']).toContain(page?.status);
      expect(page?.status === 'unconfirmed').toBe(mayHave === 2 && acts[(i - 1) % acts.length] !== 'sent');
    }),
    { numRuns: runs(25) },
  );
}, 120_000);

const pass15 = async (): Promise<void> => {
  world.clock.advance(15_000);
  await world.settle();
};
