import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  acknowledgement,
  annotation,
  applied,
  assignment,
  expiry,
  resolution,
  severityRise,
  slotOf,
  snoozing,
  STATUSES,
  unacknowledgement,
  viewOf,
  type AlertEvent,
  type Change,
  type StoredAlert,
  type TimelineEntry,
} from '../../../functions/alerts/alert.ts';
import { acknowledgeAlert } from '../../../functions/alerts/verbs/acknowledge-alert.ts';
import { addNote } from '../../../functions/alerts/verbs/add-note.ts';
import { getAlert, TIMELINE_PART } from '../../../functions/alerts/verbs/get-alert.ts';
import { listTimeline } from '../../../functions/alerts/verbs/list-timeline.ts';
import { listAlerts } from '../../../functions/alerts/verbs/list-alerts.ts';
import type { ReplayStore } from '../../../functions/alerts/intake/replay-store.ts';
import type { AlertStore } from '../../../functions/alerts/store.ts';
import { resolveAlert } from '../../../functions/alerts/verbs/resolve-alert.ts';
import { takeBack } from '../../../functions/alerts/verbs/take-back.ts';
import { changeDueAlerts } from '../../../functions/alerts/verbs/change-due-alerts.ts';
import { eventNameIn } from '../../../functions/alerts/event-names.ts';
import { alertsIn, anEvent, anna, machine, standingClock } from '../../support/alerts.ts';
import { bySomebody } from '../../support/health.ts';
import { everything, startDynamo, type TestDynamo } from '../../support/dynamo.ts';
import { runs } from '../../support/runs.ts';

let dynamo: TestDynamo;
let store: AlertStore;
let replay: ReplayStore;
let tableName: string;
beforeAll(async () => {
  dynamo = await startDynamo();
  ({ store, replay, tableName } = await alertsIn(dynamo));
});
afterAll(() => dynamo.stop());

const clock = standingClock();
const ben = { kind: 'user' as const, id: 'usr_ben', name: 'ben' };

let events = 0;
const raise = async (event: AlertEvent = anEvent(), on: AlertStore = store) =>
  on.raise(event, machine, clock.advance(1000), eventNameIn(`p${++events}.1`));
const opened = async (event?: AlertEvent, on?: AlertStore): Promise<StoredAlert> => (await raise(event, on)).alert;
const resolved = async (alert: StoredAlert, on: AlertStore = store): Promise<StoredAlert> => {
  const { alert: ended } = await on.change(alert.id, resolution(anna, clock.advance(1000)));
  if (!ended) throw new Error('It is not there');
  return ended;
};
const cost = async (work: () => Promise<unknown>) => {
  const { roundTrips, writeUnits, readUnits } = await dynamo.cost(work);
  return { roundTrips, writeUnits, readUnits };
};

describe('1: the alert that is open for a source and key', () => {
  it('is opened by the first event, and repeated by the next ones', async () => {
    const event = anEvent();
    const first = await raise(event);
    const second = await raise({ ...event, title: 'other title', description: 'newer', annotations: { a: 'b' } });
    expect([first.opened, second.opened]).toEqual([true, false]);
    expect(second.alert).toMatchObject({
      id: first.alert.id,
      title: event.title,
      description: 'newer',
      annotations: { a: 'b' },
      count: 2,
      sequence: 1,
      version: 2,
      firstSeenAt: first.alert.firstSeenAt,
      lastSeenAt: clock.now().toISOString(),
    });
  });

  it('stores labels and annotations of any names, also those that every object has', async () => {
    const names = ['constructor', 'toString', 'valueOf', 'hasOwnProperty', 'pop', 'length', 'name', 'type'];
    const texts = Object.fromEntries(names.map((name) => [name, `the ${name}`]));
    const { id } = await opened(anEvent({ labels: texts, annotations: texts }));
    await store.change(id, resolution(anna, clock.advance(1000)));
    expect(await store.byId(id)).toMatchObject({ status: 'resolved', labels: texts, annotations: texts });
  });

  it('is another one for another source, and for another key', async () => {
    const event = anEvent();
    const ids = await Promise.all(
      [event, { ...event, source: 'other' }, { ...event, dedupKey: randomUUID() }].map(
        async (each) => (await opened(each)).id,
      ),
    );
    expect(new Set(ids).size).toBe(3);
  });

  it('is a new one after the last was resolved, before the stream has moved that', async () => {
    const event = anEvent();
    const first = await resolved(await opened(event));
    const again = await raise(event);
    expect(again).toMatchObject({ opened: true, alert: { count: 1, sequence: 1, version: 1, status: 'open' } });
    expect(again.alert.id).not.toBe(first.id);
    expect(await store.byId(first.id)).toMatchObject({ id: first.id, status: 'resolved' });
    // The stream's record of the end comes now: nothing of the new alert is touched.
    await store.archive(first);
    expect(await store.byId(again.alert.id)).toMatchObject({ status: 'open', count: 1 });
    expect(await store.byId(first.id)).toMatchObject({ status: 'resolved' });
  });

  it('is a new one after the last was resolved and moved', async () => {
    const event = anEvent();
    const first = await resolved(await opened(event));
    await store.archive(first);
    const again = await raise(event);
    expect(again).toMatchObject({ opened: true, alert: { count: 1, sequence: 1, version: 1 } });
    expect(await store.byId(first.id)).toMatchObject({ status: 'resolved' });
  });

  it('is one, when a crowd raises it at once, before and after the move', async () => {
    const event = anEvent();
    const size = runs(200);
    const crowd = () => Promise.all(Array.from({ length: size }, () => raise(event)));
    expect((await crowd()).filter(({ opened: isNew }) => isNew)).toHaveLength(1);
    const { alert } = await raise(event);
    expect(alert.count).toBe(size + 1);
    await store.archive(await resolved(alert));
    expect((await crowd()).filter(({ opened: isNew }) => isNew)).toHaveLength(1);
  });

  it('counts an event once, when its answer was lost and it is sent again', async () => {
    const event = anEvent();
    const at = clock.advance(1000);
    const first = await store.raise(event, machine, at, eventNameIn('lost.1'));
    const again = await store.raise(event, machine, at, eventNameIn('lost.1'));
    expect(again).toEqual(first);
    expect(again.alert.count).toBe(1);
  });
});

describe('the producers that a slot remembers', () => {
  it('are forgotten by the next event once eight of them are too old to send again, and counting goes on', async () => {
    const event = anEvent();
    const producerOf = (at: Date, n: number) => `${Math.floor(at.getTime() / 60_000).toString(36)}_old${n}`;
    const began = clock.now();
    for (let n = 1; n <= 7; n++) await store.raise(event, machine, began, eventNameIn(`${producerOf(began, n)}.1`));
    const memories = async (): Promise<number> =>
      Object.keys((await replay.slotSeen(event.source, event.dedupKey)).memory).length;
    const later = clock.advance(25 * 3_600_000);
    await store.raise(event, machine, later, eventNameIn(`${producerOf(later, 1)}.1`));
    expect(await memories(), 'seven are not worth a write').toBe(8);
    await store.raise(event, machine, later, eventNameIn(`${producerOf(began, 8)}.1`));
    expect(await memories(), 'the one that is young').toBe(1);
    const { alert } = await store.raise(event, machine, later, eventNameIn(`${producerOf(later, 1)}.2`));
    expect(alert.count).toBe(10);
  });
});

describe('2: open alerts, newest first', () => {
  it('acknowledged ones too, resolved ones not, page by page', async () => {
    const own = await alertsIn(dynamo);
    const alerts: StoredAlert[] = [];
    for (let i = 0; i < 7; i++) alerts.push(await opened(anEvent(), own.store));
    await own.store.change(alerts[1]?.id ?? '', acknowledgement(anna, clock.now()));
    await resolved(alerts[2] as StoredAlert, own.store);
    const first = await own.store.openAlerts({ limit: 4 });
    const second = await own.store.openAlerts({ limit: 4, cursor: first.next ?? '' });
    expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(
      [6, 5, 4, 3, 1, 0].map((index) => alerts[index]?.id),
    );
    expect(second.next).toBeNull();
  });

  it('how many of each severity, acknowledged ones too, resolved ones not', async () => {
    const own = await alertsIn(dynamo);
    for (const severity of ['critical', 'critical', 'warning'] as const) await opened(anEvent({ severity }), own.store);
    const taken = await opened(anEvent({ severity: 'info' }), own.store);
    await own.store.change(taken.id, acknowledgement(anna, clock.now()));
    await resolved(await opened(anEvent({ severity: 'error' }), own.store), own.store);
    expect(await own.store.countOpen()).toEqual({ info: 1, warning: 1, error: 0, critical: 2 });
  });

  it('of a severity, source, service or time', async () => {
    const own = await alertsIn(dynamo);
    const critical = await opened(anEvent({ severity: 'critical', source: 'a', service: 'x' }), own.store);
    const between = clock.advance(1000);
    const info = await opened(anEvent({ severity: 'info', source: 'b', service: null }), own.store);
    const ids = async (filter: Parameters<AlertStore['openAlerts']>[1]) =>
      (await own.store.openAlerts({ limit: 10 }, filter)).items.map(({ id }) => id);
    expect(await ids({ severity: 'critical' })).toEqual([critical.id]);
    expect(await ids({ source: 'b' })).toEqual([info.id]);
    expect(await ids({ service: 'x' })).toEqual([critical.id]);
    expect(await ids({ from: between })).toEqual([info.id]);
    expect(await ids({ to: between })).toEqual([critical.id]);
    expect(await ids({ severity: 'info', source: 'a' })).toEqual([]);
  });

  it('a severity that rose is found under what it is now', async () => {
    const own = await alertsIn(dynamo);
    const alert = await opened(anEvent({ severity: 'warning' }), own.store);
    await own.store.change(alert.id, severityRise(alert, machine, clock.now(), 'critical'));
    expect((await own.store.openAlerts({ limit: 10 }, { severity: 'critical' })).items).toHaveLength(1);
    expect((await own.store.openAlerts({ limit: 10 }, { severity: 'warning' })).items).toHaveLength(0);
  });

  it('whole, in the order of the list, also one that has just moved', async () => {
    const alerts = [await opened(), await opened(), await opened()];
    const listed = alerts.map(({ id, severity, source, service }) => {
      const slot = id.slice(-24);
      return { slot, item: 'OPEN', id, severity, source, service };
    });
    await store.archive(await resolved(alerts[1] as StoredAlert));
    expect((await store.whole(listed)).map(({ id, status }) => [id, status])).toEqual([
      [alerts[0]?.id, 'open'],
      [alerts[1]?.id, 'resolved'],
      [alerts[2]?.id, 'open'],
    ]);
    expect(await store.whole([])).toEqual([]);
  });

  it('in one list with the resolved ones, unresolved first, none twice', async () => {
    const own = await alertsIn(dynamo);
    const alerts: StoredAlert[] = [];
    for (let i = 0; i < 6; i++)
      alerts.push(await opened(anEvent({ labels: { even: String(i % 2 === 0) } }), own.store));
    for (const index of [0, 3]) await own.store.archive(await resolved(alerts[index] as StoredAlert, own.store));
    const found: string[] = [];
    let cursor: string | null = null;
    do {
      const page = await listAlerts({ store: own.store, clock }, { limit: 2, ...(cursor && { cursor }) });
      found.push(...page.items.map(({ id }) => id));
      cursor = page.next;
    } while (cursor);
    expect(found).toEqual([5, 4, 2, 1, 3, 0].map((index) => alerts[index]?.id));
    const even = await listAlerts({ store: own.store, clock }, { limit: 100, label: 'even=true', status: 'open' });
    expect(even.items.map(({ id }) => id)).toEqual([4, 2].map((index) => alerts[index]?.id));
    const ended = await listAlerts({ store: own.store, clock }, { limit: 100, status: 'resolved' });
    expect(ended.items.map(({ id }) => id)).toEqual([3, 0].map((index) => alerts[index]?.id));
  });

  it('a cursor belongs to its query', async () => {
    await raise();
    await raise();
    const { next } = await listAlerts({ store, clock }, { limit: 1, severity: 'error' });
    await expect(
      listAlerts({ store, clock }, { limit: 1, severity: 'info', cursor: next ?? '' }),
    ).rejects.toMatchObject({
      code: 'cursor.invalid',
    });
  });
});

describe('3: resolved alerts, newest first', () => {
  it('once the stream has moved them', async () => {
    const own = await alertsIn(dynamo);
    const alerts = [await opened(anEvent(), own.store), await opened(anEvent(), own.store)];
    for (const alert of alerts) await own.store.archive(await resolved(alert, own.store));
    const { items } = await own.store.resolvedAlerts({ limit: 10 });
    expect(items.map(({ id }) => id)).toEqual([alerts[1]?.id, alerts[0]?.id]);
    expect((await own.store.openAlerts({ limit: 10 })).items).toEqual([]);
  });

  it('and goes when its time is over: retention counts from the end', async () => {
    const own = await alertsIn(dynamo, 7);
    const ended = await resolved(await opened(anEvent(), own.store), own.store);
    await own.store.archive(ended);
    const items = await everything(dynamo.client, own.tableName);
    const atRest = items.find(({ item }) => item === ended.id);
    expect(atRest?.['ttl']).toBe(Math.floor(Date.parse(ended.resolvedAt ?? '') / 1000) + 7 * 86_400);
  });
});

describe('4: one alert by id', () => {
  it('while it is open, when it is resolved, and when it was moved', async () => {
    const alert = await opened();
    expect(await store.byId(alert.id)).toMatchObject({ id: alert.id, status: 'open' });
    const ended = await resolved(alert);
    expect(await store.byId(alert.id)).toMatchObject({ status: 'resolved' });
    await store.archive(ended);
    expect(viewOf((await store.byId(alert.id)) as StoredAlert)).toEqual(viewOf(ended));
  });

  it.each(['', 'x', 'alr_', `alr_${'0'.repeat(38)}`, 'alr_OPEN', `usr_${'0'.repeat(38)}`])(
    'none under %j',
    async (id) => {
      expect(await store.byId(id)).toBeUndefined();
      expect(await store.change(id, acknowledgement(anna, clock.now()))).toEqual({ done: false, alert: undefined });
    },
  );

  it('none under the id of an alert whose slot has another one now', async () => {
    const event = anEvent();
    const alert = await opened(event);
    const stranger = `${alert.id.slice(0, -25)}${alert.id.at(-25) === '0' ? '1' : '0'}${alert.id.slice(-24)}`;
    expect(await store.byId(stranger)).toBeUndefined();
  });
});

describe('5: the timeline of an alert', () => {
  /** Oldest first, walked in pages of two. */
  const timelineOf = async (alert: StoredAlert): Promise<TimelineEntry[]> => {
    const entries: TimelineEntry[] = [];
    let cursor: string | undefined;
    do {
      const page = await store.timeline(alert, { limit: 2, ...(cursor && { cursor }) });
      entries.push(...page.items);
      cursor = page.next ?? undefined;
    } while (cursor);
    return entries.toReversed();
  };

  it('oldest first, the first and the latest entry from the alert itself, in pages of any size', async () => {
    const alert = await opened();
    const { alert: acked } = await store.change(alert.id, acknowledgement(anna, clock.advance(1000), 'On it.'));
    const { alert: over } = await store.change(alert.id, resolution(anna, clock.advance(1000)));
    expect((await timelineOf(acked as StoredAlert)).map(({ sequence, type, note }) => [sequence, type, note])).toEqual([
      [1, 'opened', undefined],
      [2, 'acknowledged', 'On it.'],
    ]);
    await store.addEntry(acked as StoredAlert);
    const whole = [
      { sequence: 3, type: 'resolved', actor: anna },
      { sequence: 2, type: 'acknowledged', note: 'On it.' },
      { sequence: 1, type: 'opened', at: alert.firstSeenAt, actor: machine, to: 'open' },
    ];
    for (const limit of [1, 2, 3, 4]) {
      const pages: TimelineEntry[][] = [];
      let cursor: string | undefined;
      do {
        const { items, next } = await store.timeline(over as StoredAlert, { limit, ...(cursor && { cursor }) });
        pages.push([...items]);
        cursor = next ?? undefined;
      } while (cursor);
      expect(pages.flat()).toMatchObject(whole);
      expect(Math.max(...pages.map(({ length }) => length))).toBeLessThanOrEqual(limit);
    }
  });

  it('opened when it opened, although an earlier report was replayed since', async () => {
    const alert = await opened();
    const openedAt = alert.firstSeenAt;
    expect((await timelineOf({ ...alert, firstSeenAt: '2026-11-20T00:00:00.000Z', openedAt }))[0]?.at).toBe(openedAt);
  });

  it('a repeated entry is the same entry, and thousands stay in order', async () => {
    const alert = await opened();
    for (const sequence of [2, 9, 10, 11, 2]) await store.addEntry({ ...alert, sequence });
    expect((await timelineOf({ ...alert, sequence: 11 })).map(({ sequence }) => sequence)).toEqual([1, 2, 9, 10, 11]);
  });

  it.each([
    ['an acknowledgement', acknowledgeAlert, 'acknowledged'],
    ['a resolution', resolveAlert, 'resolved'],
  ] as const)('%s with a key is made once, also where its write arrives late', async (_, verb, type) => {
    const alert = await opened();
    const pressed = { id: alert.id, key: 'link:1' };
    const request = bySomebody;
    let isLate = true;
    const overtaken: Pick<AlertStore, 'byId' | 'change'> = {
      byId: store.byId,
      change: async (id, change) => {
        if (isLate) {
          isLate = false;
          await verb({ store, clock }, request, pressed);
          if (type === 'acknowledged') await store.change(id, unacknowledgement(anna, clock.advance(1000)));
        }
        return store.change(id, change);
      },
    };
    await verb({ store: overtaken, clock }, request, pressed);
    await verb({ store, clock }, request, pressed);
    expect(await store.byId(alert.id)).toMatchObject(
      type === 'acknowledged' ? { sequence: 3, status: 'open' } : { sequence: 2, status: 'resolved' },
    );
  });

  it('a note with a key is one entry, however many hand it in, also of an alert that is over', async () => {
    const alert = await opened();
    const note = (text: string, key: string) =>
      addNote({ store, clock }, { caller: ben }, { id: alert.id, note: text, key });
    await Promise.all(Array.from({ length: 4 }, () => note('ana was asked.', 'asked#ana')));
    expect(await store.byId(alert.id)).toMatchObject({
      sequence: 2,
      transition: { actor: ben, note: 'ana was asked.' },
    });
    await note('eva was asked.', 'asked#eva');
    await store.archive(await resolved(alert));
    expect(await note('ana was asked.', 'asked#ana')).toMatchObject({ sequence: 4, status: 'resolved' });
    expect(await note('cleo was asked.', 'asked#cleo')).toMatchObject({ sequence: 5, status: 'resolved' });
  });

  it('of its own only, although the slot had others', async () => {
    const event = anEvent();
    const first = await resolved(await opened(event));
    await store.addEntry(first);
    await store.archive(first);
    const second = await opened(event);
    expect((await timelineOf(second)).map(({ type }) => type)).toEqual(['opened']);
  });

  it('of more than a part the newest, with the cursor of the others', async () => {
    const alert = await opened();
    const last = TIMELINE_PART + 2;
    for (let sequence = 2; sequence < last; sequence++) await store.addEntry({ ...alert, sequence });
    const now = { ...store, byId: () => Promise.resolve({ ...alert, sequence: last }) };
    const { timeline, timelineNext } = await getAlert({ store: now }, { id: alert.id });
    expect(timeline).toHaveLength(TIMELINE_PART);
    expect([timeline[0]?.sequence, timeline.at(-1)?.sequence]).toEqual([3, last]);
    const rest = await listTimeline({ store: now }, { id: alert.id, limit: 100, cursor: timelineNext ?? '' });
    expect(rest.items.map(({ sequence }) => sequence)).toEqual([2, 1]);
    expect(rest.next).toBeNull();
  });
});

describe('6: alerts that are due at the minute tick', () => {
  const at = (seconds: number) => new Date(clock.now().getTime() + seconds * 1000).toISOString();
  const ticked = (own: AlertStore, remainingMs = 60_000) =>
    changeDueAlerts({ store: own, clock, remainingMs: () => remainingMs });

  it('expired ones resolve once, by the first caller', async () => {
    const own = await alertsIn(dynamo);
    const alert = await opened(anEvent({ expiresAt: at(60) }), own.store);
    expect(await ticked(own.store)).toEqual({ changed: 0, rearmed: 0 });
    clock.advance(60_000);
    const [one, other] = await Promise.all([ticked(own.store), ticked(own.store)]);
    expect(one.changed + other.changed).toBe(1);
    expect(await own.store.byId(alert.id)).toMatchObject({ status: 'resolved', resolvedBy: 'Timer', sequence: 2 });
    expect(await ticked(own.store)).toEqual({ changed: 0, rearmed: 0 });
  });

  it('those repeated meanwhile are looked at again when they are due, and no earlier', async () => {
    const own = await alertsIn(dynamo);
    const event = anEvent({ expiresAt: at(60) });
    const alert = await opened(event, own.store);
    clock.advance(50_000);
    await own.store.raise({ ...event, expiresAt: at(60) }, machine, clock.now(), eventNameIn('again.1'));
    clock.advance(15_000);
    expect(await ticked(own.store)).toEqual({ changed: 0, rearmed: 1 });
    expect(await ticked(own.store)).toEqual({ changed: 0, rearmed: 0 });
    clock.advance(60_000);
    expect((await ticked(own.store)).changed).toBe(1);
    expect(await own.store.byId(alert.id)).toMatchObject({ status: 'resolved' });
  });

  it('a repeat between the look and the write of the tick wins', async () => {
    const own = await alertsIn(dynamo);
    const event = anEvent({ expiresAt: at(60) });
    const alert = await opened(event, own.store);
    clock.advance(61_000);
    await own.store.raise({ ...event, expiresAt: at(60) }, machine, clock.now(), eventNameIn('late.1'));
    expect((await own.store.change(alert.id, expiry(alert, machine, clock.now()))).done).toBe(false);
    expect(await own.store.byId(alert.id)).toMatchObject({ status: 'open' });
  });

  it('a snoozed alert rings at the end of its snooze, and expires later all the same', async () => {
    const own = await alertsIn(dynamo);
    const alert = await opened(anEvent({ expiresAt: at(300) }), own.store);
    await own.store.change(alert.id, snoozing(alert, anna, clock.now(), new Date(clock.now().getTime() + 100_000)));
    clock.advance(100_000);
    expect((await ticked(own.store)).changed).toBe(1);
    expect(await own.store.byId(alert.id)).toMatchObject({
      status: 'open',
      snoozedUntil: null,
      transition: { type: 'snooze_ended' },
    });
    clock.advance(200_000);
    expect((await ticked(own.store)).changed).toBe(1);
    expect(await own.store.byId(alert.id)).toMatchObject({ status: 'resolved' });
  });

  it('an alert that expires while it is snoozed resolves at its expiry', async () => {
    const own = await alertsIn(dynamo);
    const alert = await opened(anEvent({ expiresAt: at(60) }), own.store);
    await own.store.change(alert.id, snoozing(alert, anna, clock.now(), new Date(clock.now().getTime() + 900_000)));
    clock.advance(60_000);
    expect((await ticked(own.store)).changed).toBe(1);
    expect(await own.store.byId(alert.id)).toMatchObject({ status: 'resolved', snoozedUntil: null });
  });

  it('a snooze of an alert that never expires ends, and then nothing is due', async () => {
    const own = await alertsIn(dynamo);
    const alert = await opened(anEvent(), own.store);
    await own.store.change(alert.id, snoozing(alert, anna, clock.now(), new Date(clock.now().getTime() + 60_000)));
    clock.advance(60_000);
    expect((await ticked(own.store)).changed).toBe(1);
    await ticked(own.store);
    expect((await own.store.dueAlerts(clock.now(), { limit: 10 })).items).toEqual([]);
  });

  it('those that people resolved or acknowledged: the first are not due, the second still expire', async () => {
    const own = await alertsIn(dynamo);
    const ended = await opened(anEvent({ expiresAt: at(60) }), own.store);
    const acked = await opened(anEvent({ expiresAt: at(60) }), own.store);
    await own.store.change(ended.id, resolution(anna, clock.now()));
    await own.store.change(acked.id, acknowledgement(anna, clock.now()));
    clock.advance(60_000);
    expect(await ticked(own.store)).toEqual({ changed: 1, rearmed: 0 });
    expect(await own.store.byId(acked.id)).toMatchObject({ status: 'resolved', acknowledgedBy: 'anna' });
  });

  it('a hundred and fifty due ones in one tick; what does not fit into its time stays due', async () => {
    const own = await alertsIn(dynamo);
    await Promise.all(
      Array.from({ length: 150 }, (_, i) =>
        own.store.raise(anEvent({ expiresAt: at(60) }), machine, clock.now(), eventNameIn(`p${i}.1`)),
      ),
    );
    clock.advance(60_000);
    expect((await ticked(own.store, 0)).changed).toBe(100);
    expect((await ticked(own.store)).changed).toBe(50);
  });
});

describe('a change', () => {
  const changes = (alert: StoredAlert): fc.Arbitrary<Change> =>
    fc.constantFrom(
      acknowledgement(anna, clock.now(), 'a note'),
      acknowledgement(ben, clock.now()),
      unacknowledgement(anna, clock.now()),
      resolution(ben, clock.now(), 'done'),
      annotation(anna, clock.now(), 'noted'),
      snoozing(alert, anna, clock.now(), new Date(clock.now().getTime() + 60_000)),
      assignment(alert, anna, clock.now(), 'ben'),
      assignment(alert, anna, clock.now(), null),
      severityRise(alert, machine, clock.now(), 'critical'),
      expiry(alert, machine, clock.now()),
    );
  const allows = (alert: StoredAlert, change: Change): boolean =>
    change.from.includes(alert.status) &&
    (change.expecting === undefined || change.expecting === alert.version) &&
    (change.whileSeverity === undefined || change.whileSeverity === alert.severity) &&
    (change.expiredBy === undefined || (alert.expiresAt !== undefined && alert.expiresAt <= change.expiredBy));

  it('by one conditional write is what the model says, over any history, moved or not', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ pick: fc.nat(), lays: fc.boolean(), stale: fc.boolean() }), { maxLength: 8 }),
        fc.boolean(),
        async (steps, expires) => {
          const event = anEvent(expires ? { expiresAt: clock.now().toISOString() } : {});
          let model = await opened(event);
          let seen = model;
          for (const { pick, lays, stale } of steps) {
            clock.advance(1000);
            if (lays && model.status === 'resolved') await store.archive((await store.byId(model.id)) as StoredAlert);
            const [change] = fc.sample(changes(stale ? seen : model), { numRuns: 1, seed: pick });
            if (!change) continue;
            seen = model;
            const { done, alert } = await store.change(model.id, change);
            expect(done).toBe(allows(model, change));
            if (done) model = applied(model, change);
            expect(viewOf(alert as StoredAlert)).toEqual(viewOf(model));
            expect((alert as StoredAlert).transition).toEqual(model.transition);
          }
          expect(viewOf((await store.byId(model.id)) as StoredAlert)).toEqual(viewOf(model));
        },
      ),
      { numRuns: runs(60) },
    );
  });

  it('of two people who acknowledge at once one wins, and the other sees who', async () => {
    const { id } = await opened();
    const results = await Promise.all([anna, ben].map((who) => store.change(id, acknowledgement(who, clock.now()))));
    const winner = results.find(({ done }) => done)?.alert;
    const loser = results.find(({ done }) => !done)?.alert;
    expect(winner).toBeDefined();
    expect(loser?.acknowledgedBy).toBe(winner?.acknowledgedBy);
    expect(loser?.sequence).toBe(2);
  });

  it.each(STATUSES)('a note is added to an alert that is %s, and says so in the next sequence', async (status) => {
    let alert = await opened();
    if (status === 'acknowledged')
      alert = (await store.change(alert.id, acknowledgement(anna, clock.now()))).alert as StoredAlert;
    if (status === 'resolved') alert = await resolved(alert);
    const { done, alert: noted } = await store.change(alert.id, annotation(ben, clock.now(), 'late'));
    expect([done, noted?.status, noted?.sequence]).toEqual([true, status, alert.sequence + 1]);
  });

  it('a late note on a resolved alert survives a second move to the archive', async () => {
    const ended = await resolved(await opened());
    await store.archive(ended);
    await store.change(ended.id, annotation(ben, clock.now(), 'post mortem follows'));
    await store.archive(ended);
    expect(await store.byId(ended.id)).toMatchObject({ sequence: 3, transition: { note: 'post mortem follows' } });
  });

  it('a note between the end and the move moves with the alert', async () => {
    const ended = await resolved(await opened());
    const { alert: noted } = await store.change(ended.id, annotation(ben, clock.now(), 'quick'));
    await store.archive(ended);
    expect(await store.byId(ended.id)).toMatchObject({ sequence: 3 });
    await store.archive(noted as StoredAlert);
    expect(await store.byId(ended.id)).toMatchObject({ sequence: 3, transition: { note: 'quick' } });
    expect((await replay.slotSeen(ended.source, ended.dedupKey)).alert).toBeUndefined();
  });
});

describe('replay 1: what a slot looks like and remembers', () => {
  it('nothing, an open alert, a resolved one, and after the move only when it was closed', async () => {
    const event = anEvent();
    const seen = () => replay.slotSeen(event.source, event.dedupKey);
    expect(await seen()).toEqual({ alert: undefined, closedAt: undefined, lastSpill: undefined, memory: {} });
    const alert = await opened(event);
    expect(await seen()).toMatchObject({ alert: { id: alert.id }, closedAt: undefined });
    const ended = await resolved(alert);
    expect(await seen()).toMatchObject({ alert: { status: 'resolved' } });
    await store.archive(ended);
    expect(await seen()).toMatchObject({ alert: undefined, closedAt: ended.resolvedAt });
    await opened(event);
    expect(await seen()).toMatchObject({ alert: { status: 'open' }, closedAt: ended.resolvedAt });
  });

  it('a tombstone expires after the longest time that an event may wait', async () => {
    const event = anEvent();
    await store.resolveSlot(event.source, event.dedupKey, resolution(machine, clock.now()));
    const items = await everything(dynamo.client, tableName);
    const stone = items.find(({ slot }) => slot === slotOf(event.source, event.dedupKey));
    expect(Number(stone?.['ttl'])).toBeGreaterThan(Math.floor(clock.now().getTime() / 1000) + 14 * 86_400);
    await opened(event);
    const reopened = (await everything(dynamo.client, tableName)).find(
      ({ slot }) => slot === slotOf(event.source, event.dedupKey),
    );
    expect(reopened?.['ttl']).toBeUndefined();
  });
});

describe('replay 2: resolved alerts of a slot, newest first', () => {
  it('without their timelines, back to the first that was over before', async () => {
    const event = anEvent();
    const ended: StoredAlert[] = [];
    for (let i = 0; i < 4; i++) {
      const alert = await resolved(await opened(event));
      await store.addEntry(alert);
      await store.archive(alert);
      ended.push(alert);
    }
    const past = await replay.pastAlerts(event.source, event.dedupKey, ended[2]?.resolvedAt ?? '');
    expect(past.map(({ alert }) => alert.id)).toEqual([3, 2, 1].map((index) => ended[index]?.id));
    expect(past[0]?.closedBefore).toBe(ended[2]?.resolvedAt);
  });
});

describe('resolving whatever is open', () => {
  it('resolves it once, in one write; again it changes nothing', async () => {
    const event = anEvent();
    const alert = await opened(event);
    const over = () => store.resolveSlot(event.source, event.dedupKey, resolution(machine, clock.advance(1000)));
    expect(await over()).toMatchObject({ id: alert.id, status: 'resolved', sequence: 2 });
    expect(await over()).toBeUndefined();
    expect(await over()).toBeUndefined();
    expect(await store.byId(alert.id)).toMatchObject({ sequence: 2 });
  });

  it('an acknowledged one too', async () => {
    const event = anEvent();
    const alert = await opened(event);
    await store.change(alert.id, acknowledgement(anna, clock.now()));
    expect(await store.resolveSlot(event.source, event.dedupKey, resolution(machine, clock.now()))).toMatchObject({
      status: 'resolved',
      acknowledgedBy: 'anna',
    });
  });
});

describe('what an operation costs, as the architecture promises', () => {
  it('a new alert: 1 round trip, 2 write units', async () => {
    expect(await cost(() => raise())).toEqual({ roundTrips: 1, writeUnits: 2, readUnits: 0 });
  });

  it('a new alert where one was moved away: the same', async () => {
    const event = anEvent();
    await store.archive(await resolved(await opened(event)));
    expect(await cost(() => raise(event))).toEqual({ roundTrips: 1, writeUnits: 2, readUnits: 0 });
  });

  it('a repeated alert: 1 round trip, 1 write unit', async () => {
    const event = anEvent();
    await raise(event);
    expect(await cost(() => raise(event))).toEqual({ roundTrips: 1, writeUnits: 1, readUnits: 0 });
  });

  it('a repeated alert that slides its expiry: the same', async () => {
    const event = anEvent({ expiresAt: '2026-11-21T05:00:00.000Z' });
    await raise(event);
    expect(await cost(() => raise({ ...event, expiresAt: '2026-11-21T05:01:00.000Z' }))).toEqual({
      roundTrips: 1,
      writeUnits: 1,
      readUnits: 0,
    });
  });

  it('acknowledge: 1 round trip, 1 write unit', async () => {
    const { id } = await opened();
    expect(await cost(() => store.change(id, acknowledgement(anna, clock.now())))).toEqual({
      roundTrips: 1,
      writeUnits: 1,
      readUnits: 0,
    });
  });

  it('resolve, by id and by source and key: 1 round trip, 2 write units', async () => {
    const { id } = await opened();
    const event = anEvent();
    await raise(event);
    for (const work of [
      () => store.change(id, resolution(anna, clock.now())),
      () => store.resolveSlot(event.source, event.dedupKey, resolution(machine, clock.now())),
    ]) {
      expect(await cost(work)).toEqual({ roundTrips: 1, writeUnits: 2, readUnits: 0 });
    }
  });

  it('20 open alerts: 1 round trip, at most 1 read unit', async () => {
    const own = await alertsIn(dynamo);
    for (let i = 0; i < 25; i++) await raise(anEvent(), own.store);
    const result = await dynamo.cost(() => own.store.openAlerts({ limit: 20 }));
    expect(result.result.items).toHaveLength(20);
    expect([result.roundTrips, result.writeUnits]).toEqual([1, 0]);
    expect(result.readUnits).toBeLessThanOrEqual(1);
  });
});

describe('an acknowledgement that has lasted', () => {
  const acknowledged = async (): Promise<StoredAlert> => {
    const { alert } = await store.change((await opened()).id, acknowledgement(anna, clock.advance(1000)));
    if (!alert) throw new Error('It is not there');
    return alert;
  };
  const take = (alert: StoredAlert) => takeBack(store, alert, 'escalation', 'It has lasted.', clock.advance(1000));

  it('is taken back while the alert is as it was seen', async () => {
    const alert = await acknowledged();
    expect(await take(alert)).toBe(true);
    expect(await store.byId(alert.id)).toMatchObject({ status: 'open', acknowledgedBy: null });
  });

  it.each([
    ['somebody wrote a note', (id: string) => store.change(id, annotation(ben, clock.advance(1000), 'Looking.'))],
    ['it was resolved', (id: string) => store.change(id, resolution(ben, clock.advance(1000)))],
    [
      'it was given again',
      async (id: string) => {
        await store.change(id, unacknowledgement(ben, clock.advance(1000)));
        await store.change(id, acknowledgement(ben, clock.advance(1000)));
      },
    ],
  ])('is left as it is where %s since it was seen', async (_what, happens) => {
    const seen = await acknowledged();
    await happens(seen.id);
    const before = await store.byId(seen.id);
    expect(await take(seen)).toBe(false);
    expect(await store.byId(seen.id)).toEqual(before);
  });
});
