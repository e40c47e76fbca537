import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AlertMessage } from '../../../functions/alerts/events.ts';
import {
  advanced,
  broughtInStep,
  dueStep,
  followed,
  type Escalation,
} from '../../../functions/paging/escalations/escalation.ts';
import { claimed, pagesFor, refused, retryAt, textOf, type StoredPage } from '../../../functions/paging/pages/page.ts';
import { reach, type Reached } from '../../../functions/paging/pages/reach.ts';
import type { StoredContact } from '../../../shared/contacts/contact.ts';

const AT = new Date('2026-11-21T03:00:00.000Z');
const later = (minutes: number) => new Date(AT.getTime() + minutes * 60_000);
const user = (n: number) => ({ type: 'user' as const, id: `usr_${n}` });

const policyOf = (waits: readonly number[], repeat: number) => ({
  policyId: 'default',
  policyVersion: 3,
  said: {},
  urgency: 'high' as const,
  suppressed: false,
  repeat,
  acknowledgementTimeoutMinutes: null as number | null,
  steps: waits.map((escalateAfterMinutes, i) => ({ targets: [user(i)], escalateAfterMinutes })),
});
const POLICY = policyOf([5, 10], 1);

type Kind =
  | 'opened'
  | 'severity_raised'
  | 'acknowledged'
  | 'unacknowledged'
  | 'snoozed'
  | 'snooze_ended'
  | 'noted'
  | 'resolved';
const message = (transition: Kind, sequence: number, status: string, snoozedUntil: string | null = null) =>
  ({
    transition,
    sequence,
    alert: { id: 'alr_1', title: 'Checkout', severity: 'critical', service: null, status, snoozedUntil },
  }) as unknown as AlertMessage;

/** A life of an alert, as its transitions tell it. */
const lives = fc
  .array(fc.constantFrom<Kind>('acknowledged', 'unacknowledged', 'snoozed', 'snooze_ended', 'noted', 'resolved'), {
    maxLength: 8,
  })
  .map((kinds) => {
    const told = [message('opened', 1, 'open')];
    let now = { status: 'open', snoozedUntil: null as string | null };
    for (const kind of kinds) {
      if (now.status === 'resolved') break;
      if (kind === 'acknowledged') now = { status: 'acknowledged', snoozedUntil: null };
      if (kind === 'unacknowledged') now = { ...now, status: 'open' };
      if (kind === 'snoozed') now = { ...now, snoozedUntil: '2026-11-21T04:00:00.000Z' };
      if (kind === 'snooze_ended') now = { ...now, snoozedUntil: null };
      if (kind === 'resolved') now = { status: 'resolved', snoozedUntil: null };
      told.push(message(kind, told.length + 1, now.status, now.snoozedUntil));
    }
    return told;
  });

const heard = (told: readonly AlertMessage[]): Escalation | undefined =>
  told.reduce<Escalation | undefined>((seen, each) => followed(seen, each, POLICY, AT) ?? seen, undefined);

describe('an escalation', () => {
  test('reaches the same state, in whatever order and however often its alert is published', () => {
    fc.assert(
      fc.property(lives, fc.infiniteStream(fc.nat()), (told, numbers) => {
        const order = [...told, ...told]
          .map((each) => ({ each, place: numbers.next().value as number }))
          .sort((a, b) => a.place - b.place)
          .map(({ each }) => each);
        const [inOrder, mixed] = [heard(told), heard(order)];
        expect(mixed?.status).toBe(inOrder?.status);
        expect(mixed?.sequence).toBe(told.length);
        // The latest ring began a round, or a later transition did by which it was made up for.
        if (mixed?.status === 'escalating') expect(mixed.rangBy).toBeGreaterThanOrEqual(inOrder?.rangBy ?? Infinity);
        expect(mixed?.nextAt === undefined).toBe(mixed?.status !== 'escalating');
      }),
    );
  });

  test('reaches every step of every loop once, in order, none before its time, and then ends', () => {
    const policies = fc.record({
      waits: fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 5 }),
      repeat: fc.integer({ min: 0, max: 9 }),
    });
    fc.assert(
      fc.property(policies, fc.integer({ min: 0, max: 90 }), ({ waits, repeat }, lateSeconds) => {
        let escalation = followed(undefined, message('opened', 1, 'open'), policyOf(waits, repeat), AT) as Escalation;
        const reached: string[] = [];
        let lastAt: Date | undefined;
        while (escalation.nextAt !== undefined) {
          const due = new Date(escalation.nextAt);
          expect(dueStep(escalation, new Date(due.getTime() - 1))).toBeUndefined();
          const at = new Date(due.getTime() + lateSeconds * 1000);
          expect(dueStep(escalation, at)).toBe(escalation.steps[escalation.step]);
          const before = waits[(escalation.step + waits.length - 1) % waits.length] ?? 0;
          if (lastAt) expect(at.getTime() - lastAt.getTime()).toBeGreaterThanOrEqual(before * 60_000);
          reached.push(`${escalation.loop}.${escalation.step}`);
          lastAt = at;
          escalation = advanced(escalation, at, true);
        }
        const wanted = Array.from({ length: repeat + 1 }, (_, loop) => waits.map((_wait, step) => `${loop}.${step}`));
        expect(reached).toEqual(wanted.flat());
        expect(escalation.status).toBe('exhausted');
      }),
    );
  });

  test('that reaches nobody goes on at once', () => {
    const escalation = heard([message('opened', 1, 'open')]) as Escalation;
    expect(advanced(escalation, later(1), false)).toMatchObject({ step: 1, nextAt: later(1).toISOString() });
  });

  test('is looked at again when an acknowledgement is over that does not last, and not before', () => {
    const at = AT.toISOString();
    const acknowledged = message('acknowledged', 2, 'acknowledged');
    const told = { ...acknowledged, alert: { ...acknowledged.alert, acknowledgedAt: at } };
    const lasting = followed(undefined, told, POLICY, AT);
    const ending = followed(undefined, told, { ...POLICY, acknowledgementTimeoutMinutes: 30 }, AT) as Escalation;
    expect([lasting?.nextAt, ending.nextAt]).toEqual([undefined, later(30).toISOString()]);
    expect(dueStep(ending, later(31))).toBeUndefined();
    expect(followed(ending, message('resolved', 3, 'resolved'), POLICY, AT)?.nextAt).toBeUndefined();
  });

  test('is due, and not overdue, where it hears late of an acknowledgement that is over', () => {
    const acknowledged = message('acknowledged', 2, 'acknowledged');
    const told = { ...acknowledged, alert: { ...acknowledged.alert, acknowledgedAt: AT.toISOString() } };
    const course = { ...POLICY, acknowledgementTimeoutMinutes: 30 };
    const escalation = { ...heard([message('opened', 1, 'open')]), ...course } as Escalation;
    for (const before of [undefined, escalation]) {
      expect(followed(before, told, course, later(45))).toMatchObject({
        status: 'held',
        nextAt: later(45).toISOString(),
      });
    }
  });

  test('begins another round, once, when its alert becomes urgent, also where that is heard of late', () => {
    const low = { ...POLICY, urgency: 'low' as const };
    const begun = advanced(followed(undefined, message('opened', 1, 'open'), low, AT) as Escalation, AT, true);
    const [raised, noted] = [message('severity_raised', 2, 'open'), message('noted', 3, 'open')];
    for (const order of [
      [raised, noted, raised],
      [noted, raised, noted],
    ]) {
      const heardOf = order.reduce((seen, each) => followed(seen, each, POLICY, later(1)) ?? seen, begun);
      expect(heardOf).toMatchObject({ round: 1, loop: 0, step: 0, urgency: 'high', nextAt: later(1).toISOString() });
    }
    const held = followed(begun, message('acknowledged', 2, 'acknowledged'), POLICY, later(1));
    expect(held).toMatchObject({ status: 'held', round: 0, urgency: 'high' });
  });

  test('stays in its place when its alert is published again without a new ring', () => {
    const escalation = advanced(heard([message('opened', 1, 'open')]) as Escalation, AT, true);
    expect(followed(escalation, message('noted', 2, 'open'), POLICY, later(1))).toMatchObject({
      step: 1,
      nextAt: later(5).toISOString(),
      sequence: 2,
    });
  });

  test('that is suppressed waits for nothing, begins when it is suppressed no more, and ends with its alert', () => {
    const suppressed = { ...POLICY, suppressed: true };
    const quiet = followed(undefined, message('opened', 1, 'open'), suppressed, AT) as Escalation;
    expect([quiet.status, quiet.nextAt]).toEqual(['suppressed', undefined]);
    expect(dueStep(quiet, later(60))).toBeUndefined();
    const still = followed(quiet, message('acknowledged', 2, 'acknowledged'), suppressed, later(1)) as Escalation;
    expect([still.status, still.nextAt, still.version]).toEqual(['suppressed', undefined, 2]);
    const begun = followed(quiet, message('noted', 2, 'open'), { ...POLICY, policyId: 'other' }, later(1));
    expect(begun).toMatchObject({
      status: 'escalating',
      policyId: 'other',
      version: 2,
      nextAt: later(1).toISOString(),
    });
    expect(followed(still, message('resolved', 3, 'resolved'), suppressed, later(2))?.status).toBe('ended');
  });

  test('that is suppressed and has not heard of a ring is routed again, and begins no round while it is suppressed', () => {
    const suppressed = { ...POLICY, suppressed: true };
    const quiet = followed(undefined, message('opened', 1, 'open'), suppressed, AT) as Escalation;
    const rang = { ...message('noted', 4, 'open'), lastRing: 3 };
    expect(broughtInStep(quiet, rang, suppressed, later(5))).toMatchObject({ status: 'suppressed', sequence: 4 });
    expect(broughtInStep(quiet, rang, POLICY, later(5))).toMatchObject({ status: 'escalating', round: 0, sequence: 4 });
  });

  test('goes by what routing said of its alert, whatever the alert says of itself later', () => {
    const course = { ...POLICY, said: { service: 'db' }, urgency: 'low' as const };
    const begun = followed(undefined, message('opened', 1, 'open'), course, AT) as Escalation;
    expect(begun).toMatchObject({ service: 'db', severity: 'critical', urgency: 'low' });
    const raised = followed(begun, message('noted', 2, 'open'), { ...begun, suppressed: false, urgency: 'high' }, AT);
    expect(raised).toMatchObject({ service: 'db', urgency: 'high' });
  });
});

describe('an escalation that hears late', () => {
  const exhausted = { ...(heard([message('opened', 1, 'open')]) as Escalation), status: 'exhausted' as const };

  test('of an acknowledgement and that it was taken back, after something newer, begins another round all the same', () => {
    const noted = followed(exhausted, message('noted', 4, 'open'), POLICY, AT) as Escalation;
    expect(noted).toMatchObject({ status: 'exhausted', round: 0 });
    const rung = followed(noted, message('unacknowledged', 3, 'open'), POLICY, later(1)) as Escalation;
    expect(rung).toMatchObject({ status: 'escalating', round: 1, step: 0, sequence: 4 });
    expect(followed(rung, message('unacknowledged', 3, 'open'), POLICY, later(2))).toBeUndefined();
    expect(followed(rung, message('acknowledged', 2, 'acknowledged'), POLICY, later(2))).toBeUndefined();
  });

  test('that it was held in between begins with the first step again', () => {
    const second = advanced(heard([message('opened', 1, 'open')]) as Escalation, AT, true);
    expect(followed(second, message('unacknowledged', 3, 'open'), POLICY, later(1))).toMatchObject({
      round: 1,
      step: 0,
    });
  });

  test('of a ring before it was held stays held', () => {
    const held = followed(exhausted, message('acknowledged', 4, 'acknowledged'), POLICY, AT) as Escalation;
    expect(followed(held, message('unacknowledged', 3, 'open'), POLICY, later(1))).toBeUndefined();
  });
});

describe('pages', () => {
  const contact = (id: string, verified: boolean) => ({ id, channel: 'sms', to: '+491', verified }) as StoredContact;
  const escalation = heard([message('opened', 1, 'open')]) as Escalation;
  const paged = { ...escalation, subject: { kind: 'alert', id: escalation.alertId } as const };
  const contacts: Record<string, StoredContact[]> = { usr_1: [contact('con_a', true), contact('con_b', true)] };
  const person = (userId: string) => ({ userId, contacts: contacts[userId] ?? [] });
  const reached = (...numbers: number[]): Reached[] =>
    numbers.map((n) => ({ target: user(n), whom: [person(`usr_${n}`)], reason: null }));
  const planned = (of: Escalation) => pagesFor({ ...paged, ...of }, reached(1, 2), AT);

  test('are one for each verified contact, and one that says why a person is not paged', () => {
    expect(planned(escalation).map(({ userId, contactId, status }) => [userId, contactId, status])).toEqual([
      ['usr_1', 'con_a', 'planned'],
      ['usr_1', 'con_b', 'planned'],
      ['usr_2', null, 'skipped'],
    ]);
    const unverified = {
      target: user(1),
      whom: [{ userId: 'usr_1', contacts: [contact('con_c', false)] }],
      reason: null,
    };
    expect(pagesFor(paged, [unverified], AT)).toMatchObject([{ userId: 'usr_1', status: 'skipped' }]);
  });

  test('are one a person, however many targets lead to them, and one that says why a target reaches nobody', () => {
    const all: Reached[] = [
      { target: { type: 'schedule', id: 'sch_1' }, whom: ['usr_1', 'usr_2'].map(person), reason: null },
      ...reached(1),
      { target: { type: 'schedule', id: 'sch_2' }, whom: [], reason: { code: 'nobody_on_call' } },
    ];
    const pages = pagesFor(paged, all, AT);
    expect(pages.map(({ targetId, userId, contactId, reason }) => [targetId, userId, contactId, reason])).toEqual([
      ['sch_2', null, null, { code: 'nobody_on_call' }],
      ['sch_1', 'usr_1', 'con_a', null],
      ['sch_1', 'usr_1', 'con_b', null],
      ['sch_1', 'usr_2', null, { code: 'no_verified_contact' }],
    ]);
  });

  test('have a key of their own in every round and loop', () => {
    const keys = [escalation, { ...escalation, loop: 1 }, { ...escalation, round: 1 }, { ...escalation, step: 1 }]
      .flatMap(planned)
      .map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
  });

  test('that are refused are tried later each time, and six times at most', () => {
    let page = claimed(planned(escalation)[0] as StoredPage, AT);
    const waits: number[] = [];
    for (;;) {
      const next = refused(page, { code: 'refused', error: 'Busy' }, retryAt([page], AT, 0));
      if (next.dueAt === undefined) {
        expect(next.status).toBe('failed');
        break;
      }
      waits.push((Date.parse(next.dueAt) - AT.getTime()) / 1000);
      page = claimed(next, AT);
    }
    expect(waits).toEqual([2, 4, 8, 16, 32]);
    expect(refused(page, { code: 'refused', error: 'Never' })).toMatchObject({
      status: 'failed',
      reason: { code: 'refused', error: 'Never' },
    });
  });

  test.each([
    [
      'a line that looks like one of ours',
      'Disk full\r\nAcknowledge: https://evil.example/l/x',
      'Disk full Acknowledge: https://evil.example/l/x',
    ],
    ['controls', 'Disk\u0000 full\u0007\u2028now', 'Disk full now'],
    ['a turn of direction', 'invoice\u202Efdp.exe', 'invoice fdp.exe'],
    ['half a character', 'lone \ud83d here', 'lone \uFFFD here'],
    ['a character that would be cut in half', `${'x'.repeat(108)}🔥🔥`, `${'x'.repeat(108)}…`],
  ])('a text message keeps the words of a source on one line: %s', (_what, title, said) => {
    const text = textOf({ severity: 'critical', title, service: 'shop\nResolve: https://evil.example' });
    expect(text).toBe(`CRITICAL: ${said} (shop Resolve: https://evil.ex…)`);
    expect(text.isWellFormed()).toBe(true);
  });

  test('fit into one message', () => {
    const text = textOf({ severity: 'critical', title: 'x'.repeat(1_000), service: 'y'.repeat(100) });
    expect(text.length).toBeLessThanOrEqual(160);
  });
});

describe('a target', () => {
  const duty = {
    onCallNow: (id: string) =>
      Promise.resolve(
        id === 'sch_none' ? undefined : { users: id === 'sch_gap' ? [] : ['usr_1'], until: undefined, next: undefined },
      ),
    answering: (id: string) =>
      Promise.resolve(id === 'team_none' ? undefined : id === 'team_empty' ? [] : ['usr_1', 'usr_2']),
  };
  const people = (id: string) =>
    Promise.resolve({ id, username: id, displayName: id, status: id === 'usr_2' ? 'disabled' : 'active' } as const);
  const shared = { id: 'con_s' } as StoredContact;
  const contacts = {
    of: () => Promise.resolve([]),
    one: (_owner: string, id: string) => Promise.resolve(id === 'con_s' ? shared : undefined),
  };

  test.each([
    ['user', 'usr_1', ['usr_1'], null],
    ['schedule', 'sch_1', ['usr_1'], null],
    ['schedule', 'sch_gap', [], { code: 'nobody_on_call' }],
    ['schedule', 'sch_none', [], { code: 'unknown_target', target: 'schedule' }],
    ['team', 'team_1', ['usr_1', 'usr_2'], null],
    ['team', 'team_empty', [], { code: 'nobody_in_team' }],
    ['team', 'team_none', [], { code: 'unknown_target', target: 'team' }],
    ['contact', 'con_s', [null], null],
    ['contact', 'con_none', [null], null],
  ] as const)('%s %s reaches %o', async (type, id, userIds, reason) => {
    const target = { type, id } as Reached['target'];
    const found = await reach({ duty, people, rules: { of: () => Promise.resolve(undefined) }, contacts }, target, AT);
    expect([found.whom.map(({ userId }) => userId), found.reason]).toEqual([userIds, reason]);
  });
});
