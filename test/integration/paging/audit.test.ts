import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  acknowledgement,
  annotation,
  assignment,
  dueChange,
  resolution,
  snoozing,
  unacknowledgement,
  type Change,
  type StoredAlert,
} from '../../../functions/alerts/alert.ts';
import { eventNameIn } from '../../../functions/alerts/event-names.ts';
import { openNow } from '../../../functions/alerts/verbs/open-now.ts';
import type { SilenceStore } from '../../../functions/alerts/silences/store.ts';
import { ALERTS_TABLE_SHAPE } from '../../../functions/alerts/table.ts';
import type { AlertStore } from '../../../functions/alerts/store.ts';
import { messageOf } from '../../../functions/alerts/publish/transitions-in.ts';
import { audit } from '../../../functions/paging/escalations/audit.ts';
import { follow } from '../../../functions/paging/escalations/follow.ts';
import type { DueKey } from '../../../functions/paging/ledger.ts';
import type { EscalationStore } from '../../../functions/paging/escalations/store.ts';
import type { StoredPolicy } from '../../../functions/oncall/policies/policy.ts';
import { PAGING_TABLE_SHAPE } from '../../../functions/paging/table.ts';
import { table } from '../../../shared/aws/dynamo.ts';
import { bound } from '../../../shared/kernel/bound.ts';
import { alertsIn, alertStores, anEvent, anna, machine, standingClock } from '../../support/alerts.ts';
import { startDynamo, type TestDynamo } from '../../support/dynamo.ts';
import { memoryTable } from '../../support/memory-table.ts';
import { decisionOf } from '../../support/oncall.ts';
import { escalationStore } from '../../support/stores.ts';
import { runs } from '../../support/runs.ts';

const RIGHT = { mended: 0, overdue: 0, unreached: 0, failed: 0, isWhole: true };
const MINUTE = 60_000;

let dynamo: TestDynamo;
let alerts: AlertStore;
let silences: SilenceStore;
let escalations: EscalationStore;
let pagingTable: string;
let clock: ReturnType<typeof standingClock>;
let policy: StoredPolicy | undefined;
let called: DueKey[];
let raised: string[];
let events = 0;

beforeAll(async () => {
  dynamo = await startDynamo();
});
afterAll(() => dynamo.stop());
beforeEach(async () => {
  const made = await alertsIn(dynamo);
  alerts = made.store;
  silences = made.silences;
  pagingTable = await dynamo.table(PAGING_TABLE_SHAPE, 'paging');
  escalations = escalationStore(dynamo.client, pagingTable, 30);
  clock = standingClock();
  called = [];
  raised = [];
  policy = {
    id: 'default',
    version: 1,
    deleted: false,
    changedAt: '2026-11-01T00:00:00.000Z',
    repeat: 0,
    acknowledgementTimeoutMinutes: 30,
    steps: [{ targets: [{ type: 'user', id: 'usr_ana' }], escalateAfterMinutes: 60 }],
  } as unknown as StoredPolicy;
});

const deps = (suppressed = false) => ({
  clock,
  policies: { byId: () => Promise.resolve(policy) },
  routing: { routingOf: () => Promise.resolve(decisionOf({ suppressed })) },
  escalations,
  noise: { rememberOpening: () => Promise.resolve() },
  openNow: bound({ openNow }, { store: alerts, silences }).openNow,
  alertNow: alerts.byId,
  wake: (key: DueKey) => Promise.resolve(void called.push(key)),
  intake: {
    observe: ({ dedupKey }: { readonly dedupKey: string }) => {
      raised.push(dedupKey);
      const receipt = { slot: '', name: '', at: new Date(0) };
      return Promise.resolve({ kept: 'spilled' as const, dedupKey, acceptedAt: '', receipt });
    },
  },
  remainingMs: () => 55_000,
});
const audited = () => audit(deps());
const opened = async (over = {}): Promise<StoredAlert> =>
  (await alerts.raise(anEvent(over), machine, clock.now(), eventNameIn(`a${++events}.1`))).alert;
const told = (alert: StoredAlert): Promise<void> => follow(deps(), messageOf(alert));
const changed = async (alert: StoredAlert, change: Parameters<AlertStore['change']>[1]): Promise<StoredAlert> =>
  (await alerts.change(alert.id, change)).alert as StoredAlert;
const later = (minutes: number): Date => clock.advance(minutes * MINUTE);

describe('finds nothing', () => {
  test('where each alert is escalated, held, exhausted or over as it must be', async () => {
    const [escalating, held, snoozed, over] = [await opened(), await opened(), await opened(), await opened()];
    for (const alert of [escalating, held, snoozed, over]) await told(alert);
    await told(await changed(held, acknowledgement(anna, clock.now())));
    await told(await changed(snoozed, snoozing(snoozed, anna, clock.now(), new Date('2026-11-22'))));
    await told(await changed(over, resolution(anna, clock.now())));
    const exhausted = await opened();
    await told(exhausted);
    const { nextAt: _, ...last } = (await escalations.escalation(exhausted.id)) ?? expect.fail();
    await escalations.save({ ...last, status: 'exhausted', reached: true, version: 2 }, clock.now());
    const first = (await escalations.escalation(escalating.id)) ?? expect.fail();
    await escalations.save({ ...first, nextAt: '2026-11-21T04:00:00.000Z', version: 2 }, clock.now());
    later(3);
    expect(await audited()).toEqual({ ...RIGHT, alerts: 4 });
    expect(raised).toEqual([]);
  });

  test('of a change just now that may still be on its way', async () => {
    await opened();
    later(1);
    expect(await audited()).toMatchObject(RIGHT);
  });

  test('of an alert that a silence keeps quiet, or kept quiet a moment ago', async () => {
    const at = (minutes: number) => new Date(clock.now().getTime() + minutes * MINUTE).toISOString();
    const matchers = [{ name: 'service', value: 'quiet', isRegex: false, isEqual: true }];
    const silence = { matchers, startsAt: at(-1), endsAt: at(5), updatedAt: at(0), createdBy: 'anna', comment: '' };
    await silences.save({ id: 'sil_1', ...silence, version: 1 }, {} as never);
    await opened({ service: 'quiet' });
    later(4);
    expect(await audited()).toMatchObject(RIGHT);
    later(2);
    expect(await audited()).toMatchObject(RIGHT);
  });

  test('of a snooze that nobody heard of, since a silence that is over kept it quiet', async () => {
    const alert = await opened({ service: 'quiet' });
    await told(alert);
    const { nextAt: _, ...last } = (await escalations.escalation(alert.id)) ?? expect.fail();
    await escalations.save({ ...last, status: 'exhausted', reached: true, version: 2 }, clock.now());
    later(5);
    const at = (minutes: number) => new Date(clock.now().getTime() + minutes * MINUTE).toISOString();
    const matchers = [{ name: 'service', value: 'quiet', isRegex: false, isEqual: true }];
    const silence = { matchers, startsAt: at(-1), endsAt: at(1), updatedAt: at(0), createdBy: 'anna', comment: '' };
    await silences.save({ id: 'sil_1', ...silence, version: 1 }, {} as never);
    await changed(alert, snoozing(alert, anna, clock.now(), new Date('2026-11-22')));
    later(5);
    expect(await audited()).toMatchObject(RIGHT);
  });

  test('of an alert that routing suppresses', async () => {
    const alert = await opened();
    await follow(deps(true), messageOf(alert));
    later(5);
    expect(await audited()).toMatchObject(RIGHT);
    expect(await escalations.escalation(alert.id)).toMatchObject({ status: 'suppressed' });
  });

  test('of alerts for which there was no policy when they opened', async () => {
    await opened();
    later(5);
    policy = { ...(policy ?? expect.fail()), changedAt: clock.now().toISOString() };
    expect(await audited()).toMatchObject(RIGHT);
    policy = undefined;
    expect(await audited()).toMatchObject(RIGHT);
  });
});

describe('finds and reports', () => {
  const unreached = async (over: object): Promise<void> => {
    const alert = await opened(over);
    await told(alert);
    const { nextAt: _, ...last } = (await escalations.escalation(alert.id)) ?? expect.fail();
    await escalations.save({ ...last, status: 'exhausted', reached: false, version: 2 }, clock.now());
  };

  test('an alert that is still firing after all steps, none of which reached anybody', async () => {
    await unreached({});
    later(3);
    expect(await audited()).toEqual({ ...RIGHT, alerts: 1, unreached: 1 });
    expect(raised).toEqual(['unreached']);
  });

  test('not its own alert about such alerts, which would go on for ever', async () => {
    await unreached({ source: 'paging' });
    later(3);
    expect(await audited()).toEqual({ ...RIGHT, alerts: 1 });
    expect(raised).toEqual([]);
  });
});

describe('finds, repairs and reports', () => {
  test('an escalation that is missing, so that the next audit finds nothing', async () => {
    const alert = await opened();
    later(3);
    expect(await audited()).toEqual({ ...RIGHT, alerts: 1, mended: 1 });
    expect(await escalations.standing(alert.id)).toMatchObject({
      escalation: { status: 'escalating', step: 0 },
      lookAt: clock.now().toISOString(),
    });
    expect(raised).toEqual(['audit']);
    expect(await audited()).toMatchObject(RIGHT);
    expect(raised).toHaveLength(1);
  });

  test('one that did not hear of an acknowledgement, of its end, or of the end of the alert', async () => {
    const [acknowledged, taken, over] = [await opened(), await opened(), await opened()];
    for (const alert of [acknowledged, taken, over]) await told(alert);
    await changed(acknowledged, acknowledgement(anna, clock.now()));
    const held = await changed(taken, acknowledgement(anna, clock.now()));
    await told(held);
    await changed(held, { ...acknowledgement(anna, clock.now()), from: ['acknowledged'], set: { status: 'open' } });
    await changed(over, resolution(anna, clock.now()));
    later(3);
    expect(await audited()).toMatchObject({ ...RIGHT, mended: 3, overdue: 2 });
    const statuses = [acknowledged, taken, over].map(async ({ id }) => (await escalations.escalation(id))?.status);
    expect(await Promise.all(statuses)).toEqual(['held', 'escalating', 'ended']);
    expect(await audited()).toMatchObject({ ...RIGHT, mended: 0 });
  });

  const after = [
    ['a hand-over', (alert: StoredAlert) => assignment(alert, anna, clock.now(), 'usr_bob')],
    ['a note', () => annotation(anna, clock.now(), 'Looking at it')],
  ] as const;
  const released = [
    ['acknowledgement', () => acknowledgement(anna, clock.now()), () => unacknowledgement(anna, clock.now())],
    [
      'snooze',
      (alert: StoredAlert) => snoozing(alert, anna, clock.now(), later(1)),
      (alert: StoredAlert) => dueChange(alert, anna, later(2)) as Change,
    ],
  ] as const;
  describe.each(released)('one that lost a ring: the topic lost an %s and its end', (_, hold, release) => {
    test.each(after)('and told %s', async (_title, change) => {
      const alert = await opened();
      await told(alert);
      const { nextAt: _at, ...last } = (await escalations.escalation(alert.id)) ?? expect.fail();
      await escalations.save({ ...last, status: 'exhausted', reached: true, version: 2 }, clock.now());
      const held = await changed(alert, hold(alert));
      const open = await changed(held, release(held));
      expect(open).toMatchObject({ status: 'open', snoozedUntil: null, sequence: 3, lastRing: 3 });
      await told(await changed(open, change(open)));
      expect(await escalations.escalation(alert.id)).toMatchObject({ status: 'exhausted', sequence: 4, round: 0 });
      later(3);
      expect(await audited()).toMatchObject({ ...RIGHT, mended: 1 });
      expect(await escalations.escalation(alert.id)).toMatchObject({
        status: 'escalating',
        step: 0,
        round: 1,
        rangBy: 4,
      });
      later(1);
      expect(await audited()).toMatchObject({ ...RIGHT, mended: 0 });
    });

    test('but not if its end was published and people were paged', async () => {
      const alert = await opened();
      await told(alert);
      const held = await changed(alert, hold(alert));
      await told(held);
      const open = await changed(held, release(held));
      await told(open);
      await told(await changed(open, annotation(anna, clock.now(), 'Looking at it')));
      const before = (await escalations.escalation(alert.id)) ?? expect.fail();
      const { nextAt: _at, ...last } = before;
      await escalations.save({ ...last, status: 'exhausted', reached: true, version: before.version + 1 }, clock.now());
      later(3);
      expect(await audited()).toMatchObject({ ...RIGHT, mended: 0 });
      expect(await escalations.escalation(alert.id)).toMatchObject({ round: 1, status: 'exhausted' });
    });
  });

  test('one that has no next look', async () => {
    const alert = await opened();
    await told(alert);
    const key = { part: `ALERT#${alert.id}`, item: 'ESCALATION' };
    await table(dynamo.client, pagingTable).update({ key, remove: ['due', 'dueAt'] });
    later(3);
    expect(await audited()).toMatchObject({ ...RIGHT, mended: 1 });
    expect((await escalations.awaited({ limit: 10 })).items).toHaveLength(1);
  });

  test('one that is held or exhausted, and did not hear that its alert is over', async () => {
    const alert = await opened();
    await told(alert);
    await told(await changed(alert, snoozing(alert, anna, clock.now(), new Date('2026-11-22'))));
    await changed(alert, resolution(anna, clock.now()));
    later(3);
    expect(await audited()).toMatchObject({ ...RIGHT, mended: 1 });
    expect((await escalations.escalation(alert.id))?.status).toBe('ended');
    expect(await audited()).toMatchObject(RIGHT);
  });

  test('a look that nobody takes, by calling for it', async () => {
    const alert = await opened();
    await told(alert);
    later(2);
    expect(await audited()).toMatchObject(RIGHT);
    clock.advance(1);
    expect(await audited()).toMatchObject({ ...RIGHT, overdue: 1 });
    expect(called).toMatchObject([{ part: `ALERT#${alert.id}`, item: 'ESCALATION' }]);
  });

  test('a fault that it cannot repair, again and again', async () => {
    await opened();
    later(3);
    const refusing = { ...deps(), escalations: { ...escalations, save: () => Promise.reject(new Error('refused')) } };
    expect(await audit(refusing)).toMatchObject({ mended: 0, failed: 1 });
    expect(await audited()).toMatchObject({ mended: 1, failed: 0 });
  });
});

test('costs two queries of the index, a look where the last stopped, and for a hundred alerts one of the listing, one of the silences and a batch', async () => {
  for (let n = 0; n < 20; n++) await told(await opened());
  later(1);
  const { roundTrips, writeUnits, readUnits } = await dynamo.cost(audited);
  expect({ roundTrips, writeUnits }).toEqual({ roundTrips: 6, writeUnits: 0 });
  // Half a unit for each alert, and little for the indexes.
  expect(readUnits).toBeLessThanOrEqual(15);
});

describe('thousands of open alerts without a policy', () => {
  const MANY = 10_000;
  const OPEN = runs(MANY);
  /** The fewer alerts, the longer each request takes, so that one minute is not enough for them. */
  const SLOWER = Math.sqrt(MANY / OPEN);
  /** A minute of the auditor, in which each request takes so many milliseconds of its time. */
  const night = async () => {
    let [spentMs, requestMs] = [0, 0];
    const spend = () => {
      spentMs += requestMs;
      return Promise.resolve();
    };
    const ofAlerts = memoryTable(ALERTS_TABLE_SHAPE, spend);
    const ofPaging = memoryTable(PAGING_TABLE_SHAPE, spend);
    ({ store: alerts, silences } = alertStores(ofAlerts.client, ofAlerts.tableName));
    escalations = escalationStore(ofPaging.client, ofPaging.tableName, 30);
    const withPolicy = policy;
    const oldest = await opened();
    const over = await opened();
    await told(over);
    await changed(over, resolution(anna, clock.now()));
    clock.advance(1000);
    for (let n = 0; n < OPEN; n++) await opened();
    later(5);
    const routing = {
      routingOf: async ({ id }: Pick<StoredAlert, 'id'>) => {
        await spend();
        return decisionOf(id === oldest.id ? { policyId: 'oldest' } : {});
      },
    };
    const policies = {
      byId: async (id: string) => {
        await spend();
        return id === 'oldest' ? withPolicy : undefined;
      },
    };
    const minute = async (ofMs: number) => {
      [spentMs, requestMs] = [0, ofMs];
      const found = await audit({ ...deps(), routing, policies, remainingMs: () => 55_000 - spentMs } as never);
      return { ...found, spentMs };
    };
    return { minute, oldest, over };
  };

  test('are audited within a minute, or over some, each going on where the last stopped', async () => {
    const { minute, oldest, over } = await night();
    const minutes = [await minute(20 * SLOWER)];
    while (await escalations.auditPlace()) {
      expect(minutes.length).toBeLessThan(10);
      minutes.push(await minute(20 * SLOWER));
    }
    for (const { spentMs } of minutes) expect(spentMs).toBeLessThan(55_000);
    expect(minutes.length).toBeGreaterThan(1);
    expect(minutes.map(({ isWhole }) => isWhole)).not.toContain(true);
    expect(minutes.reduce((sum, each) => sum + each.alerts, 0)).toBeGreaterThanOrEqual(OPEN + 1);
    expect(minutes.map(({ mended }) => mended).slice(0, -1)).toEqual(minutes.slice(1).map(() => 0));
    expect(minutes.at(-1)?.mended).toBe(2);
    expect((await escalations.escalation(oldest.id))?.status).toBe('escalating');
    expect((await escalations.escalation(over.id))?.status).toBe('ended');

    const whole = await minute(2 * SLOWER);
    expect(whole).toMatchObject({ alerts: OPEN + 1, mended: 0, failed: 0, isWhole: true });
    expect(whole.spentMs).toBeLessThan(55_000);
  });

  test('begin at the newest again if the stored place is not usable', async () => {
    await opened();
    await escalations.saveAuditPlace({ belowId: 'alr_x', cursor: 'of another version' });
    await expect(audited()).rejects.toMatchObject({ code: expect.any(String) });
    expect(await audited()).toMatchObject({ alerts: 1, isWhole: true });
  });
});
