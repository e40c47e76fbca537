import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Alert, Silenced } from '../../../functions/alerts/port.ts';
import type { Decision } from '../../../functions/oncall/port.ts';
import type { AlertMessage } from '../../../functions/alerts/events.ts';
import type { Person } from '../../../functions/auth/port.ts';
import type { PersonNamed } from '../../../functions/incidents/events.ts';
import { DEFAULT_SETTINGS, type Notifications } from '../../../functions/health/config/settings.ts';
import type { Standing } from '../../../functions/incidents/port.ts';
import { call } from '../../../functions/paging/calls/call.ts';
import { contactStore, type ContactStore } from '../../../functions/paging/contacts/store.ts';
import type { StoredContact } from '../../../functions/paging/contacts/contact.ts';
import { bundleStore, type BundleStore } from '../../../functions/paging/bundles/store.ts';
import { escalate } from '../../../functions/paging/escalations/escalate.ts';
import { fire } from '../../../functions/paging/escalations/fire.ts';
import { follow } from '../../../functions/paging/escalations/follow.ts';
import { claimed, messageOf, type StoredPage } from '../../../functions/paging/escalations/page.ts';
import { pages } from '../../../functions/paging/escalations/pages.ts';
import { linkStore } from '../../../functions/paging/links/store.ts';
import { makeLinks } from '../../../functions/paging/links/make.ts';
import { takeReplyCode } from '../../../functions/paging/replies/make.ts';
import { replyStore } from '../../../functions/paging/replies/store.ts';
import { send } from '../../../functions/paging/escalations/send.ts';
import { escalationStore, type DueKey, type EscalationStore } from '../../../functions/paging/escalations/store.ts';
import { pageMessageIn } from '../../../functions/paging/escalations/told.ts';
import { tick } from '../../../functions/paging/escalations/tick.ts';
import { work } from '../../../functions/paging/escalations/work.ts';
import type { StoredPolicy } from '../../../functions/paging/policies/policy.ts';
import type { StoredRules } from '../../../functions/paging/rules/notification.ts';
import { PAGING_TABLE_SHAPE } from '../../../functions/paging/table.ts';
import { standingClock } from '../../support/alerts.ts';
import { startDynamo, type TestDynamo } from '../../support/dynamo.ts';
import { decisionOf } from '../../support/oncall.ts';
import { clientOf, memoryDynamo } from '../../simulation/world/dynamo.ts';

const ALERT = 'alr_1';
const opened = {
  transition: 'opened',
  sequence: 1,
  alert: { id: ALERT, title: 'Checkout', severity: 'critical', service: 'shop', status: 'open', snoozedUntil: null },
} as unknown as AlertMessage;

let dynamo: TestDynamo;
let tableName: string;
let contacts: ContactStore;
let escalations: EscalationStore;
let clock: ReturnType<typeof standingClock>;
let alert: Partial<Alert>;
/** What keeps the alert quiet. */
let silence: Silenced | undefined;
/** The incident that somebody is named in. */
let incident: Standing | undefined;
let notifications: Notifications;
let bundles: BundleStore;
let rules: Record<string, StoredRules>;
let statuses: Record<string, Person['status']>;
/** What the provider was handed, by key. */
let handed: string[];
let provider: () => Promise<{ provider: string; providerId: string }>;
/** Who is on call by schedules and answers for teams, and which way alerts go. */
let onCall: Record<string, readonly string[]>;
let decision: Decision;

let policies: Record<string, StoredPolicy>;
const user = (id: string) => ({ type: 'user', id });
/** A policy whose steps page one target each. */
const policyOf = (id: string, ...targets: { readonly type: string; readonly id: string }[]) =>
  ({
    id,
    version: 1,
    deleted: false,
    repeat: 0,
    acknowledgementTimeoutMinutes: null,
    steps: targets.map((target) => ({ targets: [target], escalateAfterMinutes: 5 })),
  }) as unknown as StoredPolicy;

const deps = (over: { readonly escalations?: EscalationStore } = {}) => ({
  clock,
  contacts,
  escalations,
  policies: { byId: (id: string) => Promise.resolve(policies[id]) },
  routing: { routingOf: () => Promise.resolve(decision) },
  duty: {
    onCallNow: (id: string) => Promise.resolve(onCall[id] && { users: onCall[id], until: undefined, next: undefined }),
    answering: (id: string) => Promise.resolve(onCall[id]),
  },
  channels: {
    sms: {
      send: (_message: object, { idempotencyKey }: { readonly idempotencyKey: string }) => {
        handed.push(idempotencyKey);
        return provider();
      },
    },
  },
  people: (id: string) => Promise.resolve({ id, username: id, displayName: id, status: statuses[id] ?? 'active' }),
  bundles,
  rules: { of: (id: string) => Promise.resolve(rules[id]) },
  linksOf: () => Promise.resolve(undefined),
  alertNow: () => Promise.resolve(alert as Alert),
  silencedNow: () => Promise.resolve(() => silence),
  incidentNow: () => Promise.resolve(incident),
  notifying: () => Promise.resolve(notifications),
  chance: () => 0,
  wake: () => Promise.resolve(),
  takeBack: () => Promise.reject(new Error('Nothing is acknowledged here.')),
  ...over,
});

const everyPage = async (id = ALERT) => (await escalations.pages(id, { limit: 200 })).items;
/** Does what is due until nothing is. */
const settle = async (): Promise<void> => {
  for (let due: DueKey[]; (due = await escalations.due(clock.now(), 100)).length > 0;) {
    for (const key of due) await work(deps(), key);
  }
};

beforeAll(async () => {
  dynamo = await startDynamo();
});
afterAll(() => dynamo.stop());
beforeEach(async () => {
  tableName = await dynamo.table(PAGING_TABLE_SHAPE, 'paging');
  contacts = contactStore(dynamo.client, tableName);
  bundles = bundleStore(dynamo.client, tableName);
  escalations = escalationStore(dynamo.client, tableName, 30);
  clock = standingClock();
  alert = { status: 'open', snoozedUntil: null };
  notifications = DEFAULT_SETTINGS.notifications;
  silence = undefined;
  incident = { isOver: false, participants: new Set(['usr_ana', 'usr_ben']) };
  handed = [];
  onCall = {};
  decision = decisionOf();
  policies = { default: policyOf('default', user('usr_ana'), user('usr_ben')) };
  statuses = {};
  rules = {};
  provider = () => Promise.resolve({ provider: 'sns', providerId: `m${handed.length}` });
  for (const name of ['ana', 'ben']) {
    await contacts.add({
      id: `con_${name}`,
      userId: `usr_${name}`,
      channel: 'sms',
      to: '+4915100000001',
      verified: true,
      guesses: 0,
    } as StoredContact);
  }
});

describe('a step', () => {
  test('is reached at the second attempt where two transactions met, and both were refused', async () => {
    await follow(deps(), opened);
    let refusals = 0;
    const meeting = {
      ...escalations,
      fire: (...given: Parameters<EscalationStore['fire']>) =>
        refusals++ === 0 ? Promise.resolve(false) : escalations.fire(...given),
    };
    expect(await fire(deps({ escalations: meeting }), ALERT)).toMatchObject({ step: 1 });
    expect(await everyPage()).toHaveLength(1);
  });

  test('is reached all the same where its alert tells something at the same moment', async () => {
    await follow(deps(), opened);
    let told = false;
    const meeting = {
      ...escalations,
      fire: async (...given: Parameters<EscalationStore['fire']>) => {
        if (!told) await follow(deps(), { ...opened, transition: 'severity_raised', sequence: 2 });
        told = true;
        return escalations.fire(...given);
      },
    };
    expect(await fire(deps({ escalations: meeting }), ALERT)).toMatchObject({ step: 1, sequence: 2 });
    expect(await everyPage()).toHaveLength(1);
  });

  test('that ten functions reach at once is reached once, and its page is handed over once by ten senders', async () => {
    await follow(deps(), opened);
    await Promise.allSettled(Array.from({ length: 10 }, () => fire(deps(), ALERT)));
    const pages = await everyPage();
    expect(pages).toMatchObject([{ userId: 'usr_ana', status: 'planned' }]);
    await Promise.all(Array.from({ length: 10 }, () => send(deps(), ALERT, pages[0]?.key ?? '')));
    expect(handed).toHaveLength(1);
    expect(await everyPage()).toMatchObject([{ status: 'sent', attempts: 1, provider: 'sns', providerId: 'm1' }]);
  });

  test('that is escalated in the millisecond in which somebody acknowledges pages nobody after that, in whatever order calls arrive', async () => {
    const before = contacts;
    const ends = new Set<string>();
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.nat(20), async (scheduler, callsBefore) => {
        const memory = memoryDynamo();
        memory.createTable('paging', PAGING_TABLE_SHAPE);
        let isOneByOne = false;
        const turn = (what: string) => (isOneByOne ? scheduler.schedule(Promise.resolve(), what) : Promise.resolve());
        const client = clientOf((operation, input) => turn(operation).then(() => memory.execute(operation, input)));
        const people = await Promise.all(['usr_ana', 'usr_ben'].map((id) => before.of(id)));
        contacts = contactStore(client, 'paging');
        bundles = bundleStore(client, 'paging');
        escalations = escalationStore(client, 'paging', 30);
        for (const contact of people.flat()) await contacts.add(contact);
        alert = { status: 'open', snoozedUntil: null };
        handed = [];
        await follow(deps(), opened);
        await settle();
        expect(handed).toHaveLength(1);

        const whenHanded: unknown[] = [];
        provider = () => {
          whenHanded.push(alert.status);
          return Promise.resolve({ provider: 'sns', providerId: 'm' });
        };
        isOneByOne = true;
        const acknowledgement = async (): Promise<void> => {
          for (let call = 0; call <= callsBefore; call++) await turn('acknowledge');
          alert = { status: 'acknowledged', acknowledgedBy: 'ana', acknowledgedAt: clock.now().toISOString() };
          const told = { ...opened, transition: 'acknowledged', sequence: 2, alert: { ...opened.alert, ...alert } };
          await follow(deps(), told as AlertMessage);
        };
        const escalation = async (): Promise<string> => {
          const answer = await escalate(deps(), ALERT).then(
            () => 'reached',
            (error: unknown) => (error as { code: string }).code,
          );
          await settle();
          return answer;
        };
        const [, answer] = await scheduler.waitFor(Promise.all([acknowledgement(), escalation()]));
        isOneByOne = false;
        ends.add(`${answer}, ${handed.length} paged`);
        await settle();
        const paged = handed.length;
        clock.advance(3_600_000);
        await settle();

        expect(handed).toHaveLength(paged);
        expect(whenHanded.filter((status) => status !== 'open')).toEqual([]);
        expect(await escalations.escalation(ALERT)).toMatchObject({ status: 'held' });
        expect((await everyPage()).filter(({ status }) => status === 'planned' || status === 'sending')).toEqual([]);
      }),
      // Orders in which each of both is first at times.
      { numRuns: 60, seed: 3 },
    );
    expect(ends).toContain('reached, 2 paged');
    expect(ends).toContain('escalation.not_escalating, 1 paged');
  });

  test('of a person without contacts is followed by the next at once, and the ledger says why', async () => {
    await contacts.remove('usr_ana', 'con_ana', {} as never, clock.now());
    await follow(deps(), opened);
    await settle();
    expect(await everyPage()).toMatchObject([
      { userId: 'usr_ana', status: 'skipped', reason: 'The user has no verified contact.' },
      { userId: 'usr_ben', status: 'sent' },
    ]);
  });

  test.each([
    ['disabled', 'The user was disabled.'],
    ['deleted', 'The user was deleted.'],
  ] as const)('of a person who was %s at night is followed by the next at once', async (status, reason) => {
    statuses = { usr_ana: status };
    await follow(deps(), opened);
    await settle();
    expect(await everyPage()).toMatchObject([
      { userId: 'usr_ana', status: 'skipped', reason },
      { userId: 'usr_ben', status: 'sent' },
    ]);
    expect(handed).toHaveLength(1);
  });

  test('is never written without its next look, whichever call a function dies after', async () => {
    await follow(deps(), opened);
    for (let dies = 1; dies < 8; dies++) {
      let calls = 0;
      const mortal = Object.fromEntries(
        Object.entries(escalations).map(([name, call]) => [
          name,
          async (...given: never[]) => {
            const answer = await (call as (...all: never[]) => Promise<unknown>)(...given);
            if (++calls === dies) throw new Error('died');
            return answer;
          },
        ]),
      ) as unknown as EscalationStore;
      for (const key of await escalations.due(clock.now(), 100)) {
        await work(deps({ escalations: mortal }), key).catch(() => undefined);
      }
      const escalation = await escalations.escalation(ALERT);
      const waiting = await escalations.due(new Date('2027-01-01'), 100);
      if (escalation?.status === 'escalating') expect(waiting.map(({ item }) => item)).toContain('ESCALATION');
      for (const { status, key } of await everyPage()) {
        if (status === 'planned' || status === 'sending')
          expect(waiting.map(({ item }) => item)).toContain(`PAGE#${key}`);
      }
      clock.advance(61_000);
    }
    clock.advance(3_600_000);
    await settle();
    const pages = await everyPage();
    expect(pages.map(({ userId, status }) => [userId, status])).toEqual([
      ['usr_ana', 'sent'],
      ['usr_ben', 'sent'],
    ]);
    expect(new Set(handed).size).toBe(2);
  });
});

describe('whom a step reaches', () => {
  const schedule = { type: 'schedule', id: 'sch_1' };

  test('is who is on call when it is reached, not when the alert opened', async () => {
    policies = { default: policyOf('default', schedule, schedule) };
    onCall = { sch_1: ['usr_ana'] };
    await follow(deps(), opened);
    await settle();
    onCall = { sch_1: ['usr_ben'] };
    clock.advance(300_000);
    await settle();
    expect(await everyPage()).toMatchObject([
      { targetId: 'sch_1', userId: 'usr_ana', status: 'sent' },
      { targetId: 'sch_1', userId: 'usr_ben', status: 'sent' },
    ]);
  });

  test('may be nobody, or a schedule that is gone: the ledger says so, and the next step is reached at once', async () => {
    policies = { default: policyOf('default', schedule, { type: 'schedule', id: 'sch_gone' }, user('usr_ben')) };
    onCall = { sch_1: [] };
    await follow(deps(), opened);
    await settle();
    expect(await everyPage()).toMatchObject([
      { targetId: 'sch_1', userId: null, status: 'skipped', reason: 'Nobody was on call by the schedule.' },
      { userId: null, status: 'skipped', reason: 'There was no such schedule.' },
      { userId: 'usr_ben', status: 'sent' },
    ]);
    expect(handed).toHaveLength(1);
  });

  test('stays due while it cannot be found out: an outage is not taken for an empty schedule', async () => {
    policies = { default: policyOf('default', schedule, user('usr_ben')) };
    await follow(deps(), opened);
    const duty = { ...deps().duty, onCallNow: () => Promise.reject(new Error('throttled')) };
    await expect(fire({ ...deps(), duty }, ALERT)).rejects.toThrow('throttled');
    expect(await everyPage()).toEqual([]);
    onCall = { sch_1: ['usr_ana'] };
    await settle();
    expect(await everyPage()).toMatchObject([{ userId: 'usr_ana', status: 'sent' }]);
  });

  test('may be more people than one transaction takes: each is paged once, also where functions race, and then it goes on', async () => {
    const crowd = Array.from({ length: 150 }, (_, i) => `usr_${String(i).padStart(3, '0')}`);
    await Promise.all(
      crowd.map((userId) =>
        contacts.add({ id: `con_${userId}`, userId, channel: 'sms', to: '+491', verified: true } as StoredContact),
      ),
    );
    policies = { default: policyOf('default', { type: 'team', id: 'team_1' }, user('usr_ben')) };
    onCall = { team_1: [...crowd].reverse() };
    await follow(deps(), opened);
    await Promise.allSettled(Array.from({ length: 3 }, () => fire(deps(), ALERT)));
    expect(await escalations.escalation(ALERT)).toMatchObject({ step: 0, nextAt: clock.now().toISOString() });
    await settle();
    expect(handed).toHaveLength(150);
    expect(new Set(handed).size).toBe(150);
    expect(await escalations.escalation(ALERT)).toMatchObject({
      step: 1,
      nextAt: new Date(clock.now().getTime() + 300_000).toISOString(),
    });
  });
});

describe('an escalation that has come to its end', () => {
  const isUnreached = async () => (await escalations.quiet({ limit: 1 })).items[0]?.unreached ?? false;
  const gone = () =>
    (provider = () =>
      Promise.reject(Object.assign(new Error('no such number'), { name: 'InvalidParameterException' })));

  test('has reached somebody where one page was sent, whatever became of the others', async () => {
    statuses = { usr_ben: 'disabled' };
    await follow(deps(), opened);
    await settle();
    clock.advance(300_000);
    await settle();
    expect([(await escalations.escalation(ALERT))?.status, await isUnreached()]).toEqual(['exhausted', false]);
  });

  test('has reached nobody where nobody can be paged', async () => {
    statuses = { usr_ana: 'disabled', usr_ben: 'deleted' };
    await follow(deps(), opened);
    await settle();
    expect([(await escalations.escalation(ALERT))?.status, await isUnreached()]).toEqual(['exhausted', true]);
  });

  test('has reached nobody where providers refuse each page for good', async () => {
    gone();
    await follow(deps(), opened);
    await settle();
    expect((await everyPage()).map(({ status }) => status)).toEqual(['failed', 'failed']);
    expect([(await escalations.escalation(ALERT))?.status, await isUnreached()]).toEqual(['exhausted', true]);
  });

  test('has reached nobody where the pages of one step fail and the other has none', async () => {
    gone();
    statuses = { usr_ben: 'disabled' };
    await follow(deps(), opened);
    await settle();
    expect(await isUnreached()).toBe(true);
  });

  test('may reach somebody in the next round', async () => {
    statuses = { usr_ana: 'disabled', usr_ben: 'deleted' };
    await follow(deps(), opened);
    await settle();
    statuses = {};
    await follow(deps(), { ...opened, transition: 'severity_raised', sequence: 2 });
    await settle();
    clock.advance(300_000);
    await settle();
    expect([(await escalations.escalation(ALERT))?.status, await isUnreached()]).toEqual(['exhausted', false]);
  });
});

describe('a step whose targets take turns', () => {
  const inTurns = () => {
    policies = { default: policyOf('default', user('usr_ana'), user('usr_cat')) };
    const [first] = policies['default']?.steps ?? [];
    Object.assign(first ?? {}, { targets: [user('usr_ana'), user('usr_ben')], assignment: 'round_robin' });
  };
  const ring = async (id: string) => {
    await follow(deps(), { ...opened, alert: { ...opened.alert, id } });
    await fire(deps(), id);
    return (await everyPage(id)).map(({ userId, status }) => [userId, status]);
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

  test('passes over who cannot be reached, and says why', async () => {
    inTurns();
    statuses = { usr_ana: 'disabled' };
    expect(await ring('alr_1')).toEqual([
      ['usr_ana', 'skipped'],
      ['usr_ben', 'planned'],
    ]);
  });

  test('pages one of them however many functions reach it at once', async () => {
    inTurns();
    await follow(deps(), opened);
    await Promise.allSettled(Array.from({ length: 5 }, () => fire(deps(), ALERT)));
    expect((await everyPage()).filter(({ status }) => status === 'planned')).toHaveLength(1);
  });

  test('goes on with the one whose turn it was where that is more people than one transaction takes', async () => {
    inTurns();
    const crowd = Array.from({ length: 120 }, (_, i) => `usr_${String(i).padStart(3, '0')}`);
    await Promise.all(
      crowd.map((userId) =>
        contacts.add({ id: `con_${userId}`, userId, channel: 'sms', to: '+491', verified: true } as StoredContact),
      ),
    );
    Object.assign(policies['default']?.steps[0] ?? {}, { targets: [{ type: 'team', id: 'team_1' }, user('usr_ben')] });
    onCall = { team_1: crowd };
    await follow(deps(), opened);
    await fire(deps(), ALERT);
    await fire(deps(), ALERT);
    const paged = (await everyPage()).map(({ userId }) => userId);
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
    policies = { default: policyOf('default', user('usr_ana'), user('usr_ben')) };
    for (const [i, step] of (policies['default']?.steps ?? []).entries()) Object.assign(step, { hours: hours[i] });
  };

  test('is passed over at others: the ledger says so, and the next is reached at once', async () => {
    byDay(weekdays, weekends);
    await follow(deps(), opened);
    await settle();
    expect(await everyPage()).toMatchObject([
      { targetId: 'usr_ana', userId: null, status: 'skipped', reason: 'The step counts at other hours.' },
      { userId: 'usr_ben', status: 'sent' },
    ]);
  });

  test('counts all the same where no step would: there is no hour at which nobody is paged', async () => {
    byDay(weekdays, weekdays);
    await follow(deps(), opened);
    await settle();
    expect(await everyPage()).toMatchObject([{ userId: 'usr_ana', status: 'sent' }]);
  });
});

describe('the policy', () => {
  test.each([
    ['is the one that routing names', 'shop', 'usr_ben'],
    ['is the default where routing names one that nobody knows', 'nobody-knows', 'usr_ana'],
    ['is the default where the one that routing names was deleted', 'deleted', 'usr_ana'],
  ])('%s', async (_what, named, paged) => {
    policies = {
      ...policies,
      shop: policyOf('shop', user('usr_ben')),
      deleted: { ...policyOf('deleted', user('usr_ben')), deleted: true },
    };
    decision = decisionOf({ policyId: named });
    await follow(deps(), opened);
    await settle();
    expect((await everyPage()).map(({ userId }) => userId)).toEqual([paged]);
  });
});

describe('an alert that routing suppresses', () => {
  test('pages nobody, says so, and pages once routing does not suppress it any more', async () => {
    decision = decisionOf({ suppressed: true });
    await follow(deps(), opened);
    await settle();
    expect(await escalations.escalation(ALERT)).toMatchObject({ status: 'suppressed' });
    expect(await everyPage()).toEqual([]);
    decision = decisionOf({ said: { severity: 'warning', service: 'db', urgency: 'high' } });
    await follow(deps(), { ...opened, transition: 'severity_raised', sequence: 2 });
    await settle();
    expect(await everyPage()).toMatchObject([
      { userId: 'usr_ana', status: 'sent', severity: 'warning', service: 'db', urgency: 'high' },
    ]);
  });

  test('whose policy is deleted meanwhile ends with its alert all the same', async () => {
    decision = decisionOf({ suppressed: true });
    await follow(deps(), opened);
    policies = {};
    await follow(deps(), { ...opened, sequence: 2, alert: { ...opened.alert, status: 'resolved' } });
    expect(await escalations.escalation(ALERT)).toMatchObject({ status: 'ended' });
  });
});

describe('a channel that the configuration has nothing sent by', () => {
  test('sends nothing, the ledger says so, and the next step is reached at once', async () => {
    notifications = { ...notifications, channels: { ...notifications.channels, sms: false } };
    await follow(deps(), opened);
    await settle();
    const reason = 'The configuration has nothing sent by sms.';
    expect(handed).toEqual([]);
    expect(await everyPage()).toMatchObject([
      { userId: 'usr_ana', status: 'skipped', reason },
      { userId: 'usr_ben', status: 'skipped', reason },
    ]);
  });
});

describe('somebody who is named in an incident', () => {
  const INCIDENT = 'inc_1';
  const named = (over: Partial<PersonNamed> = {}): PersonNamed => ({
    schema: 'tocsin.named/1',
    incidentId: INCIDENT,
    version: 2,
    userId: 'usr_ana',
    roles: ['commander', 'responder'],
    title: 'Payments fail',
    severity: 'SEV1',
    service: 'shop',
    by: 'ben',
    ...over,
  });
  const calls = async () => (await escalations.pages(INCIDENT, { limit: 100 })).items;

  test('is paged at once, once however often that is told, and hears what for', async () => {
    rules = {
      usr_ana: { high: [{ contactId: 'con_ana', delayMinutes: 10 }], low: [], quietHours: null, version: 1 } as never,
    };
    await call(deps(), named());
    await call(deps(), named());
    await settle();
    await call(deps(), named());
    await settle();
    expect(handed).toHaveLength(1);
    const [page] = await calls();
    expect(page).toMatchObject({ userId: 'usr_ana', status: 'sent', severity: 'critical' });
    const text = 'SEV1 incident: Payments fail (shop). ben named you commander and responder.';
    const contact = (await contacts.of('usr_ana'))[0] as StoredContact;
    expect(messageOf(page as StoredPage, contact, undefined)).toMatchObject({
      text,
      data: { type: 'page', incident: { id: INCIDENT, severity: 'SEV1' }, roles: ['commander', 'responder'] },
    });
  });

  test('is paged again where they are given another role later, and so is each of two who are named together', async () => {
    await call(deps(), named());
    await call(deps(), named({ userId: 'usr_ben', roles: ['scribe'] }));
    await call(deps(), named({ version: 3, roles: ['communications'] }));
    await settle();
    expect((await calls()).map(({ userId, status }) => [userId, status])).toEqual([
      ['usr_ana', 'sent'],
      ['usr_ben', 'sent'],
      ['usr_ana', 'sent'],
    ]);
  });

  test.each<[string, () => void, string]>([
    ['it is over', () => (incident = { isOver: true, participants: new Set(['usr_ana']) }), 'The incident was over.'],
    [
      'they take no part any more',
      () => (incident = { isOver: false, participants: new Set() }),
      'They took no part in it any more.',
    ],
    ['it is gone', () => (incident = undefined), 'The incident is gone.'],
  ])('is not paged once %s, and the incident is told why', async (_, happens, reason) => {
    await call(deps(), named());
    const [before] = await calls();
    happens();
    await settle();
    const [after] = await calls();
    expect(handed).toEqual([]);
    expect(pageMessageIn({ before, after, at: clock.now() })).toMatchObject({
      incidentId: INCIDENT,
      status: 'failed',
      reason,
    });
  });

  test('and cannot be paged is told of, with the reason', async () => {
    statuses['usr_ana'] = 'disabled';
    await call(deps(), named());
    const [after] = await calls();
    expect(pageMessageIn({ before: undefined, after, at: clock.now() })).toMatchObject({
      incidentId: INCIDENT,
      status: 'failed',
      channel: null,
      reason: 'The user was disabled.',
    });
  });
});

describe('a silence that begins during an escalation', () => {
  const SILENCE = { id: 's1', createdBy: 'night shift', endsAt: '2026-11-21T04:00:00.000Z' };
  const REASON = 'A silence by night shift keeps the alert quiet until 2026-11-21T04:00:00.000Z.';
  const silenceEnded = { ...opened, transition: 'silence_ended', sequence: 2 } as unknown as AlertMessage;
  const silencedInTheNight = async () => {
    await follow(deps(), opened);
    await settle();
    silence = SILENCE;
    clock.advance(300_000);
    await settle();
  };

  test('holds it as its next page is due, and the ledger says why', async () => {
    await silencedInTheNight();
    expect(await everyPage()).toMatchObject([
      { userId: 'usr_ana', status: 'sent' },
      { userId: 'usr_ben', status: 'skipped', reason: REASON },
    ]);
    expect(await escalations.escalation(ALERT)).toMatchObject({ status: 'silenced', round: 0 });
    clock.advance(3_600_000);
    await settle();
    expect(handed).toHaveLength(1);
  });

  test('has it begin another round when it ends, once', async () => {
    await silencedInTheNight();
    silence = undefined;
    await follow(deps(), silenceEnded);
    await follow(deps(), silenceEnded);
    await settle();
    expect(await everyPage()).toMatchObject([
      { round: 0, userId: 'usr_ana', status: 'sent' },
      { round: 0, userId: 'usr_ben', status: 'skipped' },
      { round: 1, userId: 'usr_ana', status: 'sent' },
    ]);
    expect(await escalations.escalation(ALERT)).toMatchObject({ status: 'escalating', round: 1, step: 1 });
  });

  test('changes nothing where no page was due in it', async () => {
    await follow(deps(), opened);
    await settle();
    silence = SILENCE;
    clock.advance(60_000);
    await settle();
    silence = undefined;
    await follow(deps(), silenceEnded);
    clock.advance(240_000);
    await settle();
    expect(await everyPage()).toMatchObject([
      { round: 0, userId: 'usr_ana', status: 'sent' },
      { round: 0, userId: 'usr_ben', status: 'sent' },
    ]);
  });

  test('and is over before it is written down is not written down: the page is sent after all', async () => {
    await follow(deps(), opened);
    await fire(deps(), ALERT);
    const [page] = await everyPage();
    const asItEnds = {
      ...deps(),
      silencedNow: async () => {
        await follow(deps(), silenceEnded);
        return () => SILENCE;
      },
    };
    expect(await send(asItEnds, ALERT, page?.key ?? '')).toMatchObject({ status: 'planned', reason: REASON });
    clock.advance(2_000);
    await settle();
    expect(await everyPage()).toMatchObject([{ userId: 'usr_ana', round: 0, status: 'sent' }]);
  });

  test('holds it also where somebody snoozes or acknowledges under it, of which nobody is told', async () => {
    alert = { status: 'open', snoozedUntil: '2026-11-21T03:30:00.000Z' };
    await follow(deps(), opened);
    silence = SILENCE;
    await settle();
    expect(await escalations.escalation(ALERT)).toMatchObject({ status: 'silenced' });
    alert = { status: 'open', snoozedUntil: null };
    silence = undefined;
    await follow(deps(), silenceEnded);
    await settle();
    expect(await everyPage()).toMatchObject([
      { userId: 'usr_ana', round: 0, status: 'skipped' },
      { userId: 'usr_ana', round: 1, status: 'sent' },
    ]);
  });

  test('and has ended, while its end is not told yet, lets no page of the old round go beside those of the new', async () => {
    rules = {
      usr_ben: { high: [{ contactId: 'con_ben', delayMinutes: 2 }], low: [], quietHours: null, version: 1 } as never,
    };
    const both = { targets: [user('usr_ana'), user('usr_ben')], escalateAfterMinutes: 5 };
    policies = { default: { ...policyOf('default'), steps: [both] } as unknown as StoredPolicy };
    await follow(deps(), opened);
    await fire(deps(), ALERT);
    silence = SILENCE;
    await settle();
    silence = undefined;
    clock.advance(120_000);
    await settle();
    expect(await everyPage()).toMatchObject([
      { userId: 'usr_ana', status: 'skipped', reason: REASON },
      { userId: 'usr_ben', status: 'skipped', reason: 'A silence had begun, whose end pages anew.' },
    ]);
  });
});

describe('a page', () => {
  const planned = async () => {
    await follow(deps(), opened);
    await fire(deps(), ALERT);
    return (await everyPage())[0]?.key ?? '';
  };

  test.each([
    [{ status: 'acknowledged', acknowledgedBy: 'ben', snoozedUntil: null }, 'ben had acknowledged the alert.'],
    [{ status: 'resolved', resolvedBy: 'ben', snoozedUntil: null }, 'ben had resolved the alert.'],
    [
      { status: 'open', snoozedUntil: '2026-11-21T04:00:00.000Z' },
      'The alert was snoozed until 2026-11-21T04:00:00.000Z.',
    ],
  ])('of an alert that is taken care of meanwhile is not sent: %o', async (now, reason) => {
    const key = await planned();
    alert = now as Partial<Alert>;
    expect(await send(deps(), ALERT, key)).toMatchObject({ status: 'skipped', reason });
    expect(handed).toEqual([]);
  });

  test('that a provider refuses for now is sent again, not before its time, under the same key', async () => {
    const key = await planned();
    provider = () => Promise.reject(Object.assign(new Error('later'), { name: 'ThrottlingException' }));
    expect(await send(deps(), ALERT, key)).toMatchObject({ status: 'planned', attempts: 1 });
    provider = () => Promise.resolve({ provider: 'sns', providerId: 'm2' });
    clock.advance(1_900);
    await send(deps(), ALERT, key);
    expect(handed).toHaveLength(1);
    clock.advance(200);
    expect(await send(deps(), ALERT, key)).toMatchObject({ status: 'sent', attempts: 2 });
    expect(new Set(handed).size).toBe(1);
  });

  test('whose provider times out after it sent is sent again under the same key, by which a receiver knows it', async () => {
    const key = await planned();
    provider = () => Promise.reject(Object.assign(new Error('no answer'), { name: 'TimeoutError' }));
    expect(await send(deps(), ALERT, key)).toMatchObject({ status: 'planned', attempts: 1 });
    provider = () => Promise.resolve({ provider: 'webhook', providerId: 'm' });
    clock.advance(2_000);
    expect(await send(deps(), ALERT, key)).toMatchObject({ status: 'sent', attempts: 2 });
    expect(handed).toEqual([`${ALERT}#${key}`, `${ALERT}#${key}`]);
  });

  test('goes where and when its person has said: after a delay, and not at all once somebody has acknowledged', async () => {
    rules = {
      usr_ana: { high: [{ contactId: 'con_ana', delayMinutes: 2 }], low: [], quietHours: null, version: 1 } as never,
    };
    const key = await planned();
    clock.advance(119_000);
    await settle();
    expect(handed).toEqual([]);
    expect(await send(deps(), ALERT, key)).toMatchObject({ status: 'planned', attempts: 0 });
    alert = { status: 'acknowledged', acknowledgedBy: 'ben', snoozedUntil: null };
    clock.advance(2_000);
    expect(await send(deps(), ALERT, key)).toMatchObject({
      status: 'skipped',
      reason: 'ben had acknowledged the alert.',
    });
    expect(handed).toEqual([]);
  });

  test('to somebody who was asked for is sent also where another has acknowledged, but not once it is over', async () => {
    await planned();
    const [page] = await everyPage();
    const one = { ...(page as StoredPage), key: `${page?.key}+`, asked: true };
    const two = { ...one, key: `${page?.key}++` };
    await escalations.ask([one, two], clock.now());
    alert = { status: 'acknowledged', acknowledgedBy: 'ben', snoozedUntil: null };
    expect(await send(deps(), ALERT, one.key)).toMatchObject({ status: 'sent' });
    alert = { status: 'resolved', resolvedBy: 'ben', snoozedUntil: null };
    expect(await send(deps(), ALERT, two.key)).toMatchObject({ status: 'skipped' });
  });

  test('of a contact that was deleted meanwhile is not sent', async () => {
    const key = await planned();
    await contacts.remove('usr_ana', 'con_ana', {} as never, clock.now());
    expect(await send(deps(), ALERT, key)).toMatchObject({ status: 'skipped', reason: 'The contact was deleted.' });
    expect(handed).toEqual([]);
  });

  test('of a round that is over is not sent, since the next one pages anew', async () => {
    const key = await planned();
    await follow(deps(), { ...opened, transition: 'unacknowledged', sequence: 3 });
    expect(await send(deps(), ALERT, key)).toMatchObject({
      status: 'skipped',
      reason: 'Another round had begun, which pages anew.',
    });
    expect(handed).toEqual([]);
  });

  test('that a provider refuses for good has failed, and says so', async () => {
    const key = await planned();
    provider = () => Promise.reject(Object.assign(new Error('no'), { name: 'InvalidParameterException' }));
    expect(await send(deps(), ALERT, key)).toMatchObject({
      status: 'failed',
      reason: 'The provider did not take it: InvalidParameterException.',
    });
  });
});

describe('a step that reaches nobody after all', () => {
  const place = async () => {
    const { step, nextAt } = (await escalations.escalation(ALERT)) ?? expect.fail();
    return { step, nextAt };
  };
  const REFUSED = Object.assign(new Error('no'), { name: 'InvalidParameterException' });

  test('is followed by the next at once: its only page failed for good', async () => {
    await follow(deps(), opened);
    await fire(deps(), ALERT);
    clock.advance(1_000);
    provider = () => Promise.reject(REFUSED);
    await send(deps(), ALERT, (await everyPage())[0]?.key ?? '');
    expect(await place()).toEqual({ step: 1, nextAt: clock.now().toISOString() });
    provider = () => Promise.resolve({ provider: 'sns', providerId: 'm2' });
    await settle();
    expect(await everyPage()).toMatchObject([
      { userId: 'usr_ana', status: 'failed' },
      { userId: 'usr_ben', status: 'sent' },
    ]);
  });

  test('is not, while another page of it may reach somebody, or where somebody has taken care of the alert', async () => {
    await contacts.add({ id: 'con_ana2', userId: 'usr_ana', channel: 'sms', verified: true } as StoredContact);
    await follow(deps(), opened);
    await fire(deps(), ALERT);
    const inFiveMinutes = new Date(clock.now().getTime() + 300_000).toISOString();
    provider = () => Promise.reject(REFUSED);
    const [one, other] = await everyPage();
    await send(deps(), ALERT, one?.key ?? '');
    expect(await place()).toEqual({ step: 1, nextAt: inFiveMinutes });
    alert = { ...alert, status: 'acknowledged', acknowledgedBy: 'ben' };
    await send(deps(), ALERT, other?.key ?? '');
    expect(await place()).toEqual({ step: 1, nextAt: inFiveMinutes });
  });

  test('does not hurry a step of a later round', async () => {
    await follow(deps(), opened);
    await fire(deps(), ALERT);
    await follow(deps(), { ...opened, transition: 'unacknowledged', sequence: 3 });
    clock.advance(1_000);
    const before = await place();
    provider = () => Promise.reject(REFUSED);
    await send(deps(), ALERT, (await everyPage())[0]?.key ?? '');
    expect(await place()).toEqual(before);
  });
});

describe('many pages to one person at once', () => {
  let said: string[];
  const people = () => ({
    ...deps(),
    channels: {
      sms: {
        takesLinks: true as const,
        send: async ({ text }: { readonly text: string }, { idempotencyKey }: { readonly idempotencyKey: string }) => {
          const accepted = await provider();
          said.push(text);
          handed.push(idempotencyKey);
          return accepted;
        },
      },
    },
  });
  const storm = async (count: number): Promise<readonly string[]> => {
    said = [];
    await follow(deps(), opened);
    await fire(deps(), ALERT);
    const [page] = await everyPage();
    const ids = Array.from({ length: count }, (_, n) => `alr_storm${n}`);
    for (const alertId of ids) {
      await escalations.ask([{ ...(page as StoredPage), alertId, title: `Storm ${alertId.slice(9)}` }], clock.now());
    }
    return ids;
  };
  const everySend = async (): Promise<void> => {
    const due = (await escalations.due(clock.now(), 100)).filter(({ part }) => part.startsWith('ALERT#alr_storm'));
    await Promise.all(due.map((key) => work(people(), key).catch(() => undefined)));
  };
  const endsOf = async (ids: readonly string[]) =>
    (await Promise.all(ids.map((id) => escalations.pages(id, { limit: 1 })))).map(({ items }) => items[0]);

  test('send three at once and join the others in one message, half a minute later; the ledger has an entry for each', async () => {
    const ids = await storm(20);
    await everySend();
    expect(said).toHaveLength(3);
    clock.advance(29_000);
    await everySend();
    expect(said).toHaveLength(3);
    clock.advance(1_000);
    await everySend();
    expect(said).toHaveLength(4);
    expect(said[3]).toMatch(/^17 alerts\nCRITICAL: Storm \d+ \(shop\)\n/);
    expect(said[3]).toContain('\nand 12 more');
    expect((await endsOf(ids)).map((page) => page?.status)).toEqual(ids.map(() => 'sent'));
    expect(await bundles.waiting('con_ana')).toEqual([]);
  });

  test('two thousand alerts in a minute: few messages, in which each of them is told, and each is in the ledger', async () => {
    const COUNT = 2_000;
    const memory = memoryDynamo();
    memory.createTable('paging', PAGING_TABLE_SHAPE);
    const client = clientOf((operation, input) => Promise.resolve().then(() => memory.execute(operation, input)));
    const [ana] = await contacts.of('usr_ana');
    contacts = contactStore(client, 'paging');
    bundles = bundleStore(client, 'paging');
    escalations = escalationStore(client, 'paging', 30);
    await contacts.add(ana as StoredContact);
    policies = { default: policyOf('default', user('usr_ana')) };
    said = [];
    const ids = Array.from({ length: COUNT }, (_, i) => `alr_storm${i}`);
    const message = (id: string): AlertMessage => ({ ...opened, alert: { ...opened.alert, id } });
    const everythingDue = async (): Promise<void> => {
      for (let due: DueKey[]; (due = await escalations.due(clock.now(), 100)).length > 0;) {
        await Promise.all(due.map((key) => work(people(), key)));
      }
    };
    for (let second = 0; second < 60; second++) {
      const now = ids.slice((second * COUNT) / 60, ((second + 1) * COUNT) / 60);
      await Promise.all(now.map((id) => follow(people(), message(id))));
      await everythingDue();
      clock.advance(1_000);
    }
    const [inTheMinute, over] = [said.length, clock.now().getTime()];
    while ((await escalations.awaited({ limit: 1 })).items.length > 0) {
      clock.advance(1_000);
      await everythingDue();
    }
    expect(inTheMinute).toBeLessThanOrEqual(10);
    const told = said.map((text) => Number(/^(\d+) alerts$/m.exec(text)?.[1] ?? 1));
    expect(told.reduce((all, each) => all + each, 0)).toBe(COUNT);
    expect(said.length).toBeLessThanOrEqual(12);
    expect(clock.now().getTime() - over).toBeLessThanOrEqual(180_000);
    expect(new Set((await endsOf(ids)).map((page) => page?.status))).toEqual(new Set(['sent']));
  }, 60_000);

  test('leave out what somebody has acknowledged while it waited', async () => {
    const ids = await storm(6);
    await everySend();
    alert = { status: 'acknowledged', acknowledgedBy: 'ben', snoozedUntil: null };
    clock.advance(30_000);
    await everySend();
    expect(said).toHaveLength(3);
    expect((await endsOf(ids)).filter((page) => page?.status === 'skipped')).toHaveLength(3);
  });

  test('are all sent in the end where the provider refuses, or the sender of the bundle dies', async () => {
    const ids = await storm(8);
    await everySend();
    provider = () => Promise.reject(Object.assign(new Error('later'), { name: 'ThrottlingException' }));
    clock.advance(30_000);
    await everySend();
    provider = () => Promise.resolve({ provider: 'sns', providerId: 'm' });
    const [dying] = (await bundles.waiting('con_ana')).slice(0, 1);
    const before = await escalations.page(dying?.alertId ?? '', dying?.key ?? '');
    // It had claimed this one, and did no more.
    await escalations.savePage(before as StoredPage, claimed(before as StoredPage, clock.now()), clock.now());
    for (let n = 0; n < 8; n++) {
      clock.advance(31_000);
      await everySend();
    }
    expect((await endsOf(ids)).map((page) => page?.status)).toEqual(ids.map(() => 'sent'));
    expect(said.length).toBeLessThan(ids.length);
    expect(await bundles.waiting('con_ana')).toEqual([]);
  });
});

describe('the tick', () => {
  test('does what was never woken, and counts what is more than a minute late', async () => {
    await follow(deps(), opened);
    clock.advance(61_000);
    expect(await tick(deps())).toMatchObject({ failed: 0, healed: 1 });
    await tick(deps());
    expect(handed).toHaveLength(1);
    expect(await tick(deps())).toEqual({ done: 0, healed: 0, failed: 0 });
  });
});

describe('what it costs, in round trips, write units and read units', () => {
  /** Of each piece of work; what it answers is left out. */
  const costs = async (work: () => Promise<unknown>): Promise<readonly [number, number, number]> => {
    const { roundTrips, writeUnits, readUnits } = await dynamo.cost(work);
    return [roundTrips, writeUnits, readUnits];
  };
  const heard = (transition: string, sequence: number, over: object) =>
    ({ ...opened, transition, sequence, alert: { ...opened.alert, ...over } }) as AlertMessage;

  test('to begin, hold and end an escalation, and to hear of it again', async () => {
    expect(await costs(() => follow(deps(), opened))).toEqual([2, 2, 1]);
    expect(await costs(() => follow(deps(), opened))).toEqual([1, 0, 1]);
    const acknowledged = heard('acknowledged', 2, { status: 'acknowledged', acknowledgedAt: null });
    expect(await costs(() => follow(deps(), acknowledged))).toEqual([2, 3, 1]);
    expect(await costs(() => follow(deps(), heard('resolved', 3, { status: 'resolved' })))).toEqual([2, 2, 1]);
  });

  test('to reach a step that pages one person at one contact, and to send that page', async () => {
    await follow(deps(), opened);
    expect(await costs(() => fire(deps(), ALERT))).toEqual([3, 7, 2]);
    const key = (await everyPage())[0]?.key ?? '';
    expect(await costs(() => send(deps(), ALERT, key))).toEqual([5, 5, 3]);
    expect(await costs(() => send(deps(), ALERT, key))).toEqual([1, 0, 1]);
  });

  test('to reach such a step whose targets take turns', async () => {
    Object.assign(policies['default']?.steps[0] ?? {}, { assignment: 'round_robin' });
    await follow(deps(), opened);
    expect(await costs(() => fire(deps(), ALERT))).toEqual([4, 8, 2]);
  });

  test('to send a page to a person, with its links, its code and its place in the window', async () => {
    const secret = () => Promise.resolve({ key: 'key', slackBotToken: '', slackSigningSecret: '' });
    const replies = replyStore(dynamo.client, tableName);
    const person = () => ({
      ...deps(),
      channels: { sms: { takesLinks: true as const, send: () => provider() } },
      linksOf: makeLinks({
        links: linkStore(dynamo.client, tableName),
        secret,
        publicUrl: 'https://t.example/',
        takeCode: (key, phone, of) => takeReplyCode({ clock, replies, key }, phone, of),
      }),
    });
    await follow(deps(), opened);
    await fire(deps(), ALERT);
    const key = (await everyPage())[0]?.key ?? '';
    expect(await costs(() => send(person(), ALERT, key))).toEqual([10, 9, 4]);
  });

  test('to ask for the next step at once, and who was paged', async () => {
    await follow(deps(), opened);
    await fire(deps(), ALERT);
    expect(await costs(() => escalate(deps(), ALERT))).toEqual([2, 3, 1]);
    expect(await costs(() => pages(deps(), ALERT, { limit: 50 }))).toEqual([2, 0, 2]);
  });

  test('to look each minute for what is due where nothing is', async () => {
    expect(await costs(() => tick(deps()))).toEqual([1, 0, 0.5]);
  });
});
